#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Grid;
using tessera::Halo;
using tessera::Index;
using tessera::Location;

namespace {

const std::vector<Index> shapes{{101}, {17, 13}, {7, 11, 13}, {5, 4, 7, 6}};

std::string letters(const std::vector<std::size_t>& order) {
  std::string name = "order";
  for (const std::size_t axis : order) name += "_" + std::to_string(axis);
  return name;
}

TEST(WriteGrids, OneToFourAxesWithOneThreeAndNineComponents) {
  for (const std::int64_t components : {1, 3, 9}) {
    TestFile file({}, "." + std::to_string(components));
    auto run = file.run("run");
    std::vector<TestField<double>> fields;
    for (const Index& shape : shapes) {
      const auto axes = std::to_string(shape.size());
      std::vector<std::string> names;
      for (std::size_t axis = 0; axis < shape.size(); ++axis) names.push_back("axis" + axes + std::to_string(axis));
      fields.push_back(run.field<double>("field" + axes, Grid{shape, {.axes = names}}, {.components = components}));
    }
    for (int n = 0; n < 2; ++n) {
      auto step = run.step(n);
      for (const auto& field : fields) step.put(field, bricks(field.shape(), file.size()), {.halo = {{1}, {1}}});
      step.commit();
    }
    file.close();
  }
}

/// Every order in which the axes of an array can lie in memory, with gaps between the elements and without.
void write_every_order(const Index& shape, std::int64_t components) {
  for (const std::int64_t padding : {0, 3}) {
    TestFile file({}, "." + std::to_string(padding));
    auto run = file.run("run");
    std::vector<std::size_t> order(shape.size() + (components > 1 ? 1 : 0));
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto step = run.statics();
    do {
      const auto field =
          run.field<float>(letters(order), Grid{shape}, {.components = components, .time_dependent = false});
      step.put(field, bricks(shape, file.size()), {.halo = {{1, 0, 2}, {0, 1, 1}}, .order = order, .padding = padding});
    } while (std::next_permutation(order.begin(), order.end()));
    step.commit();
    file.close();
  }
}
TEST(WriteGrids, EveryOrderOfThreeAxesInMemory) { write_every_order({7, 5, 6}, 1); }
TEST(WriteGrids, EveryOrderOfThreeAxesAndComponentsInMemory) { write_every_order({5, 4, 6}, 3); }

TEST(WriteGrids, HalosOfEveryWidthOnEverySide) {
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  auto step = run.step(0);
  int number = 0;
  for_each_index({3, 3, 3}, [&](const Index& low) {
    const Index high{low[1], 2 - low[0], (low[2] + 1) % 3};
    const auto field = run.field<double>("field" + std::to_string(number++), Grid{shape});
    step.put(field, bricks(shape, file.size()), {.halo = {low, high}});
  });
  step.commit();
  file.close();
}

TEST(WriteGrids, OneWidthServesAllAxesButNotTheComponents) {
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("vector", Grid{{6, 5, 4}}, {.components = 3});
  auto step = run.step(0);
  step.put(field, slabs({6, 5, 4}, file.size()), {.halo = {{2}, {1}}, .order = {3, 2, 1, 0}});
  step.commit();
  file.close();
}

TEST(WriteGrids, PointAndCellDataOfOneGrid) {
  TestFile file;
  auto run = file.run("run");
  const Grid grid{{8, 1, 6}, {.spacing = {0.1, 1, 0.25}, .origin = {-1, 2, 0.3}, .units = {"m", "km", "mm"}}};
  const auto points = run.field<double>("points", grid);
  const auto cells = run.field<double>("cells", grid, {.location = Location::cell});
  const auto vectors = run.field<double>("vectors", grid, {.location = Location::cell, .components = 3});
  auto step = run.step(0);
  step.put(points, slabs(points.shape(), file.size()));
  step.put(cells, slabs(cells.shape(), file.size(), 2));
  step.put(vectors, bricks(vectors.shape(), file.size()), {.halo = {{1}, {0}}});
  step.commit();
  file.close();
}

TEST(WriteGrids, AxesHaveNamesSpacingOriginAndUnits) {
  TestFile file;
  auto run = file.run("run");
  const Grid one_for_all{{5, 6}, {.spacing = {0.1}, .origin = {0.7}, .axes = {"höhe", "breite"}, .unit = "m"}};
  const Grid negative{{4}, {.spacing = {-2.5}, .origin = {10}, .axes = {"depth"}, .units = {"km"}}};
  const Grid shares_an_axis{
      {3, 6}, {.spacing = {7, 0.1}, .origin = {0, 0.7}, .axes = {"other", "breite"}, .units = {"s", "m"}}};
  auto step = run.statics();
  int number = 0;
  for (const Grid& grid : {one_for_all, negative, shares_an_axis}) {
    const auto field = run.field<std::int32_t>("field" + std::to_string(number++), grid, {.time_dependent = false});
    step.put(field, slabs(grid.shape, file.size()));
  }
  step.commit();
  file.close();
}

TEST(WriteGrids, AxesOfOnePoint) {
  TestFile file;
  auto run = file.run("run");
  const auto single = run.field<double>("single", Grid{{1, 1, 1}, {.axes = {"a", "b", "c"}}});
  const auto line = run.field<double>("line", Grid{{1, 9, 1}, {.axes = {"d", "e", "f"}}}, {.components = 3});
  auto step = run.step(0);
  step.put(single, all_on({1, 1, 1}, file.size(), file.size() - 1), {.halo = {{3}, {2}}});
  step.put(line, slabs({1, 9, 1}, file.size(), 1), {.halo = {{1}, {1}}, .order = {1, 0, 3, 2}});
  step.commit();
  file.close();
}

/// `put(field, box, pointer)` and ArrayRef without strides: C order.
TEST(WriteGrids, PlainPointers) {
  TestFile file;
  auto run = file.run("run");
  const Index shape{7, 5, 3};
  const auto scalar = run.field<double>("scalar", Grid{shape});
  const auto vector = run.field<double>("vector", Grid{shape}, {.components = 3});
  const auto haloed = run.field<double>("haloed", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const tessera::Box box = blocks[static_cast<std::size_t>(file.rank())][0];
  auto step = run.step(0);
  const auto a = filled_array<double>(box, {}, 1, scalar.expected->seed, step.formula_step(scalar));
  const auto b = filled_array<double>(box, {}, 3, vector.expected->seed, step.formula_step(vector));
  const auto c = filled_array<double>(box, {.halo = {{1}, {1}}}, 1, haloed.expected->seed, step.formula_step(haloed));
  step.raw().put(scalar.handle, box, a.data());
  step.raw().put(vector.handle, box, b.data());
  step.raw().put(haloed.handle, box, tessera::with_halo(tessera::array(c.data(), c.extents()), 1));
  for (const auto& field : {scalar, vector, haloed}) step.expect(field, flat(blocks));
  step.commit();
  file.close();
}

}  // namespace
