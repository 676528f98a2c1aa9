#include <gtest/gtest.h>

#include <vector>

#include "support/scene.hpp"

/// \file
/// Memory that serves several puts of a step: refused where one of them would get the other's values, copied where that
/// was asked for, and left alone where it is right.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Index;

namespace {

/// The values of the formula for a box, in C order, in memory that is used again and again.
class Scratch {
 public:
  template <class T>
  const std::vector<double>& fill(const TestStep& step, const TestField<T>& field, const Box& box,
                                  std::int64_t halo = 0) {
    const auto array =
        filled_array<double>(box, {.halo = {{halo}, {halo}}}, 1, field.expected->seed, step.formula_step(field));
    std::size_t count = 1;
    for (const std::int64_t extent : array.extents()) count *= static_cast<std::size_t>(extent);
    values_.assign(array.data(), array.data() + count);
    return values_;
  }

 private:
  std::vector<double> values_ = std::vector<double>(10000);
};

TEST(ReusedMemory, OfTwoFieldsIsRefusedByName) {
  Scene scene;
  const auto other = scene.run.field<double>("other", Grid{scene_shape}, {.fill = 0.0});
  const std::vector<double> scratch(2000, 1.0);
  scene.refuse_put({ErrorCode::invalid_argument,
                    {"field 'field'", "field 'other'", "the same memory", "tessera::copied", "strides of 0"}},
                   [&](TestStep& step) {
                     step.raw().put(scene.field.handle, scene.own_box(), scratch.data());
                     step.raw().put(other.handle, scene.own_box(), scratch.data());
                   });
}

TEST(ReusedMemory, OfTwoFieldsThatOverlapInPartIsRefused) {
  Scene scene;
  const auto other = scene.run.field<double>("other", Grid{scene_shape}, {.fill = 0.0});
  const std::vector<double> scratch(2000, 1.0);
  scene.refuse_put({ErrorCode::invalid_argument, {"field 'field'", "field 'other'"}}, [&](TestStep& step) {
    step.raw().put(scene.field.handle, scene.own_box(), scratch.data());
    step.raw().put(other.handle, scene.own_box(), scratch.data() + 30);
  });
}

TEST(ReusedMemory, OfTwoBoxesOfAFieldIsRefusedWhereItWasChanged) {
  Scene scene;
  std::vector<double> scratch(2000);
  scene.refuse_put({ErrorCode::invalid_argument, {"field 'field'", "changed in between", "tessera::copied"}},
                   [&](TestStep& step) {
                     Box half = scene.own_box();
                     half.upper[1] = 2;
                     scratch.assign(2000, 1.0);
                     step.raw().put(scene.field.handle, half, scratch.data());
                     half.lower[1] = 2;
                     half.upper[1] = 5;
                     scratch.assign(2000, 2.0);
                     step.raw().put(scene.field.handle, half, scratch.data());
                   });
}

/// What a device's memory holds cannot be looked at without a copy.
TEST(ReusedMemory, ThatTheHostCannotReadIsRefused) {
  Scene scene;
  const std::vector<double> scratch(2000, 1.0);
  const auto view = [&](const Box& box) {
    return tessera::array(scratch.data(), box.extents()).with_host_copy([&] {
      return std::shared_ptr<const double>(scratch.data(), [](const double*) {});
    });
  };
  scene.refuse_put({ErrorCode::invalid_argument, {"field 'field'", "tessera::copied"}}, [&](TestStep& step) {
    Box half = scene.own_box();
    half.upper[1] = 2;
    step.raw().put(scene.field.handle, half, view(half));
    half.lower[1] = 2;
    half.upper[1] = 5;
    step.raw().put(scene.field.handle, half, view(half));
  });
}

/// A constant buffer for several boxes of a field, and constants as one element for whole boxes of several fields.
TEST(ReusedMemory, IsFineForConstants) {
  TestFile file;
  auto run = file.run("run");
  const Index shape{8, 60};
  const Blocks blocks = slabs(shape, file.size());
  const auto layers = run.raw().field<double>("layers", Grid{shape});
  const auto one = run.raw().field<double>("one", Grid{shape});
  const auto two = run.raw().field<double>("two", Grid{shape});
  const std::vector<double> constant(200, 1.5);
  auto step = run.raw().step(0);
  double value = 1;
  for (const Box& box : blocks[static_cast<std::size_t>(file.rank())]) {
    for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z) {
      step.put(layers, Box{{z, 0}, {z + 1, 30}}, constant.data());
      step.put(layers, Box{{z, 30}, {z + 1, 60}}, constant.data());
    }
    step.put(one, box, tessera::array(&value, box.extents(), {0, 0}));
    value = 2;  // a few bytes are copied at the put: `one` stays 1
    step.put(two, box, tessera::array(&value, box.extents(), {0, 0}));
  }
  EXPECT_NO_THROW(step.commit());
  file.raw().close();
}

TEST(ReusedMemory, IsFineForInterleavedComponents) {
  TestFile file;
  auto run = file.run("run");
  const Index shape{9, 4, 5};
  const auto a = run.field<double>("a", Grid{shape});
  const auto b = run.field<double>("b", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const Box& mine = blocks[static_cast<std::size_t>(file.rank())][0];
  struct Cell {
    double a;
    std::int32_t label;
    double b;
  };
  const Index extents = mine.extents();
  std::vector<Cell> cells(static_cast<std::size_t>(mine.volume()));
  auto step = run.step(0);
  const auto strides = Index{3 * extents[1] * extents[2], 3 * extents[2], 3};
  const auto fill = [&](const TestField<double>& field, double Cell::*member) {
    std::size_t n = 0;
    for_each_owned(mine, {}, 1, [&](const Index&, const Index& cell, std::int64_t) {
      cells[n++].*member = value_at<double>(field.expected->seed, step.formula_step(field), cell);
    });
    step.raw().put(field.handle, mine, tessera::array(cells.empty() ? nullptr : &(cells[0].*member), extents, strides));
    step.expect(field, flat(blocks));
  };
  fill(a, &Cell::a);
  fill(b, &Cell::b);
  step.commit();
  file.close();
}

/// One buffer for three fields and two boxes of each: a pointer, a container and a strided array, with ghost layers.
TEST(Copied, MemoryCanBeUsedAgainAtOnce) {
  TestFile file;
  auto run = file.run("run");
  const Index shape{9, 4, 5};
  const auto plain = run.field<double>("plain", Grid{shape});
  const auto haloed = run.field<double>("haloed", Grid{shape});
  const auto single = run.field<double>("single", Grid{shape}, {.precision = tessera::Precision::single});
  Blocks blocks = slabs(shape, file.size());
  for (auto& boxes : blocks) {
    boxes.push_back(boxes[0]);
    boxes[0].upper[1] = boxes[1].lower[1] = 3;
  }
  Scratch scratch;
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    for (const Box& box : blocks[static_cast<std::size_t>(file.rank())]) {
      step.raw().put(plain.handle, box, tessera::copied(scratch.fill(step, plain, box)));
      step.raw().put(haloed.handle, box, tessera::with_halo(tessera::copied(scratch.fill(step, haloed, box, 1)), 1));
      step.raw().put(single.handle, box,
                     tessera::copied(tessera::with_halo(scratch.fill(step, single, box, 2).data(), 2)));
    }
    for (const auto& field : {plain, haloed, single}) step.expect(field, flat(blocks));
    step.commit();
  }
  file.close();
}

TEST(Copied, MemoryOfADeviceIsReadAtThePut) {
  TestFile file;
  auto run = file.run("run");
  const Index shape{9, 4, 5};
  const auto first = run.field<double>("first", Grid{shape});
  const auto second = run.field<double>("second", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const Box& mine = blocks[static_cast<std::size_t>(file.rank())][0];
  Scratch scratch;
  auto step = run.step(0);
  for (const auto& field : {first, second}) {
    const std::vector<double>& device = scratch.fill(step, field, mine, 1);
    Index extents = mine.extents();
    for (std::int64_t& extent : extents) extent += 2;
    const double elsewhere = 0;  // an address that the host must not read from
    step.raw().put(field.handle, mine,
                   tessera::with_halo(tessera::copied(tessera::array(&elsewhere, extents).with_host_copy([&device] {
                                        auto copy = std::make_shared<std::vector<double>>(device);
                                        return std::shared_ptr<const double>(copy, copy->data());
                                      })),
                                      1));
    step.expect(field, flat(blocks));
  }
  step.commit();
  file.close();
}

TEST(Copied, MoreThanTheBudgetIsRefused) {
  TestFile file({.memory_budget = 1000});
  file.expected().depends_on_rank_count = true;
  auto run = file.run("run");
  const Index shape{100 * file.size()};
  const auto a = run.field<double>("a", Grid{shape});
  const auto b = run.field<double>("b", Grid{shape}, {.fill = 0.0});
  const Blocks blocks = slabs(shape, file.size());
  const Box& mine = blocks[static_cast<std::size_t>(file.rank())][0];
  Scratch scratch;
  {
    auto step = run.raw().step(0);
    const std::vector<double> values(100, 1.0);
    step.put(a.handle, mine, tessera::copied(values));
    step.put(b.handle, mine, tessera::copied(values));
    expect_error({ErrorCode::out_of_memory, {"field 'b'", "800 bytes", "Options::memory_budget", "1000"}},
                 [&] { step.commit(); });
  }
  auto step = run.step(1);
  step.raw().put(a.handle, mine, tessera::copied(scratch.fill(step, a, mine)));
  step.expect(a, flat(blocks));
  step.commit();
  file.close();
}

}  // namespace
