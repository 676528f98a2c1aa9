#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <tessera/reader.hpp>

#include "support/engine.hpp"
#include "support/test_file.hpp"

// Statistics of what is written: check_files.py compares all of them with numpy; what it cannot know is compared here.

using namespace tessera_test;
using tessera::FieldStatistics;
using tessera::Grid;
using tessera::Index;
using tessera::ValueStatistics;

namespace {

const Index shape{9, 7, 20};
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Opens the file that was written and looks at a field of the run "a".
FieldStatistics statistics_of(const std::string& path, const std::string& field) {
  return tessera::Reader(MPI_COMM_WORLD, path).run("a").statistics(field);
}

/// Puts the rank's slab of a field, filled by a function of the number of the cell.
template <class T, class ValueOf>
void put(tessera::Step& step, const tessera::Field<T>& field, const ValueOf& value_of) {
  const Blocks blocks = slabs(shape, world_size());
  for (const tessera::Box& box : blocks[static_cast<std::size_t>(world_rank())]) {
    std::vector<T> values;
    const std::int64_t layer = shape[1] * shape[2];
    for (std::int64_t cell = box.lower[0] * layer; cell < box.upper[0] * layer; ++cell)
      values.push_back(value_of(cell));
    step.put(field, box, std::move(values));
  }
}

constexpr std::int64_t cells = 9 * 7 * 20;

}  // namespace

TEST(Statistics, OfEveryDecompositionAreThoseOfNumpy) {
  TestFile file({.statistics = true});
  auto run = file.run("a");
  const Grid grid{shape};
  auto aligned = run.field<double>("aligned", grid);
  auto shared = run.field<double>("shared", grid, {.chunk = {4, 4, 8}});
  auto vector = run.field<double>("vector", grid, {.components = 3, .chunk = {2, 7, 20}});
  auto single = run.field<double>("single", grid, {.precision = tessera::Precision::single});
  auto many = run.field<float>("many", grid, {.components = 17});
  auto partial = run.field<std::int16_t>("partial", grid, {.fill = -1});
  auto uneven = run.field<std::uint64_t>("uneven", grid, {.chunk = {3, 3, 3}, .codec = tessera::Codec::none()});
  auto one_rank = run.field<std::uint8_t>("one_rank", grid);
  auto mask = run.field<std::int32_t>("mask", grid, {.components = 2, .time_dependent = false});
  const auto own_part = [](Blocks blocks) {
    if (blocks.size() > 1) blocks.back().clear();  // nobody puts it
    return blocks;
  };
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(aligned, slabs(shape, file.size()), {.halo = {{2}, {1}}});
    step.put(shared, bricks(shape, file.size()));
    step.put(vector, uneven_slabs(shape, file.size()), {.order = {3, 2, 1, 0}});
    step.put(single, checkerboard(shape, file.size(), 3));
    step.put(many, interleaved(shape, file.size(), 1));
    if (n != 1) step.put(partial, own_part(slabs(shape, file.size(), 2)));
    step.put(uneven, uneven_slabs(shape, file.size(), 2));
    step.put(one_rank, all_on(shape, file.size(), file.size() - 1));
    if (n == 1) step.put(mask, bricks(shape, file.size()));
    step.commit();
  }
  auto late = run.field<double>("late", grid, {.fill = missing});
  auto step = run.step(3);
  step.put(aligned, bricks(shape, file.size()));
  step.put(shared, bricks(shape, file.size()));
  step.put(vector, bricks(shape, file.size()));
  step.put(single, bricks(shape, file.size()));
  step.put(many, bricks(shape, file.size()));
  step.put(uneven, bricks(shape, file.size()));
  step.put(one_rank, bricks(shape, file.size()));
  step.put(late, own_part(bricks(shape, file.size())));
  step.commit();
  file.close();
  const FieldStatistics found = statistics_of(file.path(), "vector");
  EXPECT_EQ(found.components, 3);
  EXPECT_EQ(found.steps(), 4);
  EXPECT_EQ(found.of_step(0).count, 3 * cells);
  EXPECT_FALSE(statistics_of(file.path(), "partial").at(1).known);
}

TEST(Statistics, ValuesThatAreNotFiniteAndFillAreCountedApart) {
  TestFile file({.statistics = true});
  auto run = file.run("a");
  auto field = run.raw().field<double>("u", Grid{shape}, {.fill = -999});
  auto all_bad = run.raw().field<float>("bad", Grid{shape}, {.fill = std::numeric_limits<float>::quiet_NaN()});
  auto step = run.raw().step(0);
  put(step, field, [](std::int64_t cell) {
    return cell % 10 == 0 ? missing : cell % 10 == 1 ? -infinity : cell % 10 == 2 ? -999.0 : static_cast<double>(cell);
  });
  put(step, all_bad, [](std::int64_t) { return std::numeric_limits<float>::quiet_NaN(); });
  step.commit();
  file.raw().close();
  const ValueStatistics found = statistics_of(file.path(), "u").at(0);
  EXPECT_EQ(found.non_finite, cells / 5);
  EXPECT_EQ(found.count, cells * 7 / 10);
  EXPECT_EQ(found.minimum, 3);
  EXPECT_EQ(found.maximum, cells - 1);
  EXPECT_NEAR(found.mean, (cells - 10) / 2.0 + 6, 1e-9);
  const ValueStatistics bad = statistics_of(file.path(), "bad").at(0);
  EXPECT_EQ(bad.non_finite, cells);
  EXPECT_EQ(bad.count, 0);
}

TEST(Statistics, AreLeftOutWhereNobodyWantsThem) {
  TestFile file({.statistics = false});
  auto run = file.run("a");
  auto field = run.raw().field<double>("u", Grid{shape});
  auto step = run.raw().step(0);
  put(step, field, [](std::int64_t cell) { return static_cast<double>(cell); });
  step.commit();
  file.raw().close();
  EXPECT_TRUE(statistics_of(file.path(), "u").empty());
}

TEST(Statistics, MembersOfTheSameNameComeFirst) {
  TestFile file({.statistics = true});
  auto run = file.run("a");
  auto field = run.raw().field<double>("field_statistics", Grid{shape});
  auto step = run.raw().step(0);
  put(step, field, [](std::int64_t cell) { return static_cast<double>(cell); });
  step.commit();
  file.raw().close();
  EXPECT_TRUE(statistics_of(file.path(), "field_statistics").empty());
}

TEST(Statistics, GoOnInAFileThatIsGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "no other engine continues a file";
  TestFile file({.statistics = false});
  const auto write = [](tessera::Run run, double begin, int steps) {
    auto field = run.field<double>("u", Grid{shape});
    for (int n = 0; n < steps; ++n) {
      auto step = run.step(begin + n);
      put(step, field, [&](std::int64_t) { return begin + n; });
      step.commit();
    }
  };
  write(file.raw().run("a"), 0, 2);
  file.raw().close();
  {
    tessera::Writer out(MPI_COMM_WORLD, file.path(), {.open = tessera::OpenMode::append, .statistics = true});
    write(out.run("a"), 2, 3);
    out.close();
  }
  {
    tessera::Writer out(MPI_COMM_WORLD, file.path(), {.open = tessera::OpenMode::append, .statistics = true});
    tessera::Run run = out.run("a");
    run.keep(4);
    write(run, 10, 2);
    out.close();
  }
  {
    tessera::Writer out(MPI_COMM_WORLD, file.path(), {.open = tessera::OpenMode::append, .statistics = false});
    write(out.run("a"), 20, 1);
    out.close();
  }
  const FieldStatistics found = statistics_of(file.path(), "u");
  ASSERT_EQ(found.steps(), 7);
  const std::vector<double> expected{missing, missing, 2, 3, 10, 11, missing};
  for (std::int64_t step = 0; step < found.steps(); ++step) {
    const double value = expected[static_cast<std::size_t>(step)];
    EXPECT_EQ(found.at(step).known, !std::isnan(value)) << step;
    if (!std::isnan(value)) {
      EXPECT_EQ(found.at(step).mean, value) << step;
    }
  }
}
