#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <span>
#include <valarray>
#include <vector>

#include "support/mdspan_like.hpp"
#include "support/test_file.hpp"

/// \file
/// Containers that can be put: each with and without ghost layers, by address, and as a temporary.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

const Index source_shape{9, 4, 5};

/// This rank's box and what the formula says for it, with `halo` layers around it and `components` per cell.
struct Part {
  Part(const TestStep& step, const TestField<double>& field, const Box& box, std::int64_t halo = 0,
       std::int64_t components = 1)
      : array(filled_array<double>(box, {.halo = {{halo}, {halo}}}, components, field.expected->seed,
                                   step.formula_step(field))) {
    std::int64_t count = 1;
    for (const std::int64_t extent : array.extents()) count *= extent;
    values.assign(array.data(), array.data() + count);
  }
  tessera::ArrayRef<double> array;
  std::vector<double> values;
};

/// Writes one field per way to put it; ranks that own nothing put empty containers.
class Sources : public testing::Test {
 protected:
  template <class Put>
  void write(const std::string& name, Put&& put, std::int64_t components = 1) {
    const auto field = run.field<double>(name, Grid{source_shape}, {.components = components});
    fields.push_back([this, field, put](TestStep& step) {
      put(step, field, box());
      step.expect(field, flat(blocks));
    });
  }
  void finish() {
    for (int n = 0; n < 2; ++n) {
      auto step = run.step(n);
      for (const auto& field : fields) field(step);
      step.commit();
    }
    file.close();
  }
  const Box& box() const { return blocks[static_cast<std::size_t>(file.rank())][0]; }

  TestFile file;
  TestRun run = file.run("run");
  Blocks blocks = slabs(source_shape, file.size());
  std::vector<std::function<void(TestStep&)>> fields;
  std::vector<std::shared_ptr<void>> kept;

  /// Memory that lives until the end of the test.
  template <class T>
  T& keep(T value) {
    auto memory = std::make_shared<T>(std::move(value));
    kept.push_back(memory);
    return *memory;
  }
};

using Field = TestField<double>;

TEST_F(Sources, AreContainersWithoutGhostLayers) {
  write("vector", [&](TestStep& step, const Field& field, const Box& mine) {
    step.raw().put(field.handle, mine, keep(Part(step, field, mine).values));
  });
  write("span", [&](TestStep& step, const Field& field, const Box& mine) {
    auto& values = keep(Part(step, field, mine).values);
    step.raw().put(field.handle, mine, std::span(values));
  });
  write("span_of_const", [&](TestStep& step, const Field& field, const Box& mine) {
    const auto& values = keep(Part(step, field, mine).values);
    step.raw().put(field.handle, mine, std::span<const double>(values));
  });
  write("valarray", [&](TestStep& step, const Field& field, const Box& mine) {
    const auto values = Part(step, field, mine).values;
    step.raw().put(field.handle, mine, keep(std::valarray<double>(values.data(), values.size())));
  });
  write("pointer", [&](TestStep& step, const Field& field, const Box& mine) {
    step.raw().put(field.handle, mine, keep(Part(step, field, mine).values).data());
  });
  write("temporary", [&](TestStep& step, const Field& field, const Box& mine) {
    step.raw().put(field.handle, mine, Part(step, field, mine).values);
  });
  write("moved", [&](TestStep& step, const Field& field, const Box& mine) {
    auto values = Part(step, field, mine).values;
    step.raw().put(field.handle, mine, std::move(values));
  });
  finish();
}

TEST_F(Sources, AreContainersWithGhostLayers) {
  write("vector", [&](TestStep& step, const Field& field, const Box& mine) {
    step.raw().put(field.handle, mine, tessera::with_halo(keep(Part(step, field, mine, 2).values), 2));
  });
  write("pointer", [&](TestStep& step, const Field& field, const Box& mine) {
    const int widths[3] = {1, 1, 1};
    step.raw().put(field.handle, mine, tessera::with_halo(keep(Part(step, field, mine, 1).values).data(), widths));
  });
  write("span", [&](TestStep& step, const Field& field, const Box& mine) {
    step.raw().put(field.handle, mine,
                   tessera::with_halo(std::span(keep(Part(step, field, mine, 1).values)), {{1}, {1}}));
  });
  write("temporary", [&](TestStep& step, const Field& field, const Box& mine) {
    step.raw().put(field.handle, mine, tessera::with_halo(Part(step, field, mine, 1).values, std::size_t{1}));
  });
  finish();
}

TEST_F(Sources, AreContainersOfArrays) {
  write(
      "arrays",
      [&](TestStep& step, const Field& field, const Box& mine) {
        const auto values = Part(step, field, mine, 0, 3).values;
        std::vector<std::array<double, 3>> arrays(values.size() / 3);
        for (std::size_t n = 0; n < values.size(); ++n) arrays[n / 3][n % 3] = values[n];
        step.raw().put(field.handle, mine, keep(std::move(arrays)));
      },
      3);
  write(
      "complex",
      [&](TestStep& step, const Field& field, const Box& mine) {
        const auto values = Part(step, field, mine, 1, 2).values;
        std::vector<std::complex<double>> numbers(values.size() / 2);
        for (std::size_t n = 0; n < numbers.size(); ++n) numbers[n] = {values[2 * n], values[2 * n + 1]};
        step.raw().put(field.handle, mine, tessera::with_halo(keep(std::move(numbers)), 1));
      },
      2);
  finish();
}

TEST_F(Sources, AreMdspansInAnyLayout) {
  const auto int_of = [](std::int64_t value) { return static_cast<int>(value); };
  write("right", [&](TestStep& step, const Field& field, const Box& mine) {
    const Index e = mine.extents();
    auto& values = keep(Part(step, field, mine).values);
    step.raw().put(field.handle, mine,
                   MdspanLike<const double, 3>(values.data(), {int_of(e[0]), int_of(e[1]), int_of(e[2])}, {20, 5, 1}));
  });
  write("left", [&](TestStep& step, const Field& field, const Box& mine) {
    const Index e = mine.extents();
    const auto array = filled_array<double>(mine, {.halo = {{1}, {1}}, .order = {2, 1, 0}}, 1, field.expected->seed,
                                            step.formula_step(field));
    keep(array);
    const auto n = static_cast<std::size_t>(e[0] + 2);
    step.raw().put(field.handle, mine,
                   tessera::with_halo(MdspanLike<double, 3>(const_cast<double*>(array.data()),
                                                            {int_of(e[0] + 2), int_of(e[1] + 2), int_of(e[2] + 2)},
                                                            {1, n, n * 6}),
                                      1));
  });
  finish();
}

/// Fixed sizes: the same on every rank, so the shape follows from the number of ranks.
TEST(SourcesOfFixedSize, AreCArraysAndStdArrays) {
  TestFile file;
  file.expected().depends_on_rank_count = true;
  auto run = file.run("run");
  const Index whole{2 * file.size(), 3};
  const auto flat_array = run.field<double>("flat_array", Grid{whole});
  const auto nested_array = run.field<double>("nested_array", Grid{whole});
  const auto c_array = run.field<double>("c_array", Grid{whole});
  const auto nested_c_array = run.field<double>("nested_c_array", Grid{whole});
  const Blocks blocks = slabs(whole, file.size());
  const Box& mine = blocks[static_cast<std::size_t>(file.rank())][0];
  auto step = run.step(0);
  std::array<double, 6> one{};
  std::array<std::array<double, 3>, 2> two{};
  double three[6] = {};
  double four[2][3] = {};
  const auto fill = [&](double* memory, const Field& field) {
    const Part part(step, field, mine);
    std::copy(part.values.begin(), part.values.end(), memory);
    step.expect(field, flat(blocks));
  };
  fill(one.data(), flat_array);
  fill(two[0].data(), nested_array);
  fill(three, c_array);
  fill(four[0], nested_c_array);
  step.raw().put(flat_array.handle, mine, one);
  step.raw().put(nested_array.handle, mine, two);
  step.raw().put(c_array.handle, mine, three);
  step.raw().put(nested_c_array.handle, mine, four);
  step.commit();
  file.close();
}

/// `long long` and `long` are the same numbers.
TEST(SourcesOfFixedSize, OfTheSameKindOfInteger) {
  TestFile file;
  file.expected().depends_on_rank_count = true;
  auto run = file.run("run");
  const Index whole{4 * file.size()};
  const auto field = run.field<long>("field", Grid{whole});
  const Blocks blocks = slabs(whole, file.size());
  const Box& mine = blocks[static_cast<std::size_t>(file.rank())][0];
  auto step = run.step(0);
  std::vector<long long> values;
  for (std::int64_t i = mine.lower[0]; i < mine.upper[0]; ++i) {
    values.push_back(value_at<long>(field.expected->seed, step.formula_step(field), {i}));
  }
  step.raw().put(field.handle, mine, values);
  step.expect(field, flat(blocks));
  step.commit();
  file.close();
}

}  // namespace
