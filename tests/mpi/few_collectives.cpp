#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support/levels.hpp"
#include "support/scene.hpp"
#include "support/stall.hpp"

/// \file
/// How many collective operations a commit takes: those of its planning do not go with the number of fields.

using namespace tessera_test;

namespace {

constexpr int fields = 40;
constexpr std::size_t max_when_planning = 30;
constexpr std::size_t max_otherwise = 8;

/// Forty fields of one grid.
class Many {
 public:
  explicit Many(const tessera::Index& shape, const tessera::FieldOptions<double>& options = {})
      : run_(file_.run("run")), shape_(shape) {
    for (int i = 0; i < fields; ++i) {
      fields_.push_back(run_.field<double>("field_" + std::to_string(i), tessera::Grid{shape}, options));
    }
  }
  ~Many() { EXPECT_NO_THROW(file_.close()); }

  /// Commits a step; \returns the collective operations that this took
  std::size_t commit(const Blocks& blocks, bool waits = true) {
    auto step = run_.step(time_ += 1);
    for (const auto& field : fields_) step.put(field, blocks);
    const std::size_t before = collectives_begun();
    EXPECT_NO_THROW(waits ? step.commit() : step.commit_async());
    return collectives_begun() - before;
  }
  Blocks blocks(std::size_t axis) const { return slabs(shape_, file_.size(), axis); }
  int size() const { return file_.size(); }

 private:
  TestFile file_;
  TestRun run_;
  tessera::Index shape_;
  std::vector<TestField<double>> fields_;
  double time_ = 0;
};

void expect_few(Many&& many) {
  EXPECT_LE(many.commit(many.blocks(0)), max_when_planning);
  EXPECT_LE(many.commit(many.blocks(0)), max_otherwise);
  EXPECT_LE(many.commit(many.blocks(1)), max_when_planning) << "after the boxes moved";
}

/// Fewer chunks than ranks: every field begins with another rank.
TEST(FewCollectives, OfManySmallFields) { expect_few(Many({6, 6, 6})); }

TEST(FewCollectives, OfManyFieldsThatFollowTheDecomposition) { expect_few(Many({24, 16, 16})); }

TEST(FewCollectives, OfManyFieldsWithChunksGiven) { expect_few(Many({12, 6, 6}, {.chunk = {5, 4, 6}})); }

/// Agree, prepare, gather, answer.
constexpr std::size_t max_steady = 4;

void expect_steady(Many&& many, bool waits) {
  for (int n = 0; n < 11; ++n) many.commit(many.blocks(0), waits);  // estimates are shared in the first ones
  for (int n = 0; n < 9; ++n) EXPECT_LE(many.commit(many.blocks(0), waits), max_steady);
}

TEST(FewCollectives, OfSteadyCommits) { expect_steady(Many({24, 16, 16}), true); }

/// Several groups of rounds each.
TEST(FewCollectives, OfSteadyCommitsOfManyBytes) {
  expect_steady(Many({64, 16, 32}, {.chunk = {16, 16, 32}, .codec = tessera::Codec::none()}), true);
}

/// A regrid that changes nothing is agreed upon, and the step after it takes what one without a regrid takes.
TEST(FewCollectives, OfARefinementThatStays) {
  tessera::Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("run");
  const auto amr = run.refinement("amr", levels_options);
  const auto density = run.field<double>("density", amr);
  constexpr std::size_t of_regrid = 2;
  std::array<std::size_t, 2> most{};  // of a commit: without one before it, with one
  for (int n = 0; n < 18; ++n) {
    const bool has_regrid = n % 2 == 0;
    const std::size_t begin = collectives_begun();
    if (has_regrid) run.regrid(amr, own_boxes(Kind::steady, 0, world_rank(), world_size()));
    const std::size_t before = collectives_begun();
    auto step = run.step(n);
    for (int level = 0; level < amr.levels(); ++level) {
      std::vector<std::vector<double>> values;
      for (const tessera::Box& box : amr.boxes(level)) values.emplace_back(box.volume(), n);
      step.put(density, level, values);
    }
    step.commit();
    if (n < 12) continue;  // estimates are shared in the first ones
    EXPECT_LE(before - begin, of_regrid);
    most[has_regrid] = std::max(most[has_regrid], collectives_begun() - before);
  }
  EXPECT_EQ(most[1], most[0]);
  out.close();
}

TEST(FewCollectives, OfCommitsThatDoNotWait) { expect_steady(Many({24, 16, 16}), false); }

}  // namespace
