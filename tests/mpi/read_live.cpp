#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include <algorithm>
#include <optional>
#include <span>

#include "support/box_values.hpp"
#include "support/for_each_index.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

// A file that is read while it grows; boxes that go round; reading alone.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Index;
using tessera::Reader;
using tessera::Writer;

namespace {

const Index shape{6, 5, 4};
const Box whole{{0, 0, 0}, shape};

/// Boxes go round.
std::vector<double> values_of(int step, const Box& box = whole) {
  return filled<double>(box, 1, [&](Index at, int) {
    for (std::size_t axis = 0; axis < at.size(); ++axis)
      at[axis] = (at[axis] % shape[axis] + shape[axis]) % shape[axis];
    return value_at<double>(1, step, at);
  });
}

/// A writer of rank 0 alone; nothing on the others.
class LoneWriter {
 public:
  explicit LoneWriter(const std::string& path) {
    if (world_rank() == 0) {
      out_.emplace(MPI_COMM_SELF, path, tessera::Options{.overwrite = true});
      begin("a");
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  ~LoneWriter() {
    if (out_) out_->close();
  }
  void begin(const std::string& name) {
    if (!out_) return;
    run_.emplace(out_->run(name));
    field_.emplace(run_->field<double>("p", Grid{shape}, {.chunk = {2, 5, 2}}));
    next_ = 0;
  }
  void commit() {
    if (!out_) return;
    auto step = run_->step(next_);
    step.put(*field_, whole, values_of(next_++));
    step.commit();
  }

 private:
  std::optional<Writer> out_;
  std::optional<tessera::Run> run_;
  std::optional<tessera::Field<double>> field_;
  int next_ = 0;
};

void expect_step(const tessera::StoredRun& run, int number) {
  auto step = run.step(number);
  std::vector<double> values(static_cast<std::size_t>(whole.volume()));
  step.get("p", whole, values);
  step.read();
  EXPECT_EQ(values, values_of(number));
}

TEST(ReadLive, RefreshSeesNewSteps) {
  const std::string path = fresh_directory() + "/live.h5";
  LoneWriter writer(path);
  writer.commit();
  MPI_Barrier(MPI_COMM_WORLD);
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  EXPECT_EQ(run.steps(), 1);
  EXPECT_FALSE(in.refresh());
  for (int n = 1; n < 8; ++n) {
    writer.commit();
    MPI_Barrier(MPI_COMM_WORLD);
    EXPECT_EQ(run.steps(), n);
    expect_step(run, n - 1);  // of a tree that is published no more
    EXPECT_TRUE(in.refresh());
    EXPECT_FALSE(in.refresh());
    EXPECT_EQ(run.steps(), n + 1);
    expect_step(run, n);
    expect_step(run, 0);
  }
  writer.begin("0");  // before the other one by name
  writer.commit();
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_TRUE(in.refresh());
  EXPECT_EQ(run.name(), "a");
  EXPECT_EQ(run.steps(), 8);
  expect_step(in.run("0"), 0);
  in.close();
}

/// Many commits of a writer that does not wait for anybody: whatever is seen is whole, and nothing is seen again gone.
TEST(ReadLive, WithAWriterBeside) {
  if (world_size() == 1) GTEST_SKIP() << "the writer is a rank of its own";
  const std::string path = fresh_directory() + "/beside.h5";
  LoneWriter writer(path);
  writer.commit();
  MPI_Comm readers = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, world_rank() == 0 ? 0 : 1, world_rank(), &readers);
  constexpr int steps = 40;
  if (world_rank() == 0) {
    for (int n = 1; n < steps; ++n) writer.commit();
  } else {
    Reader in(readers, path, {.memory_budget = 1});
    const auto run = in.run("a");
    int seen = 0;
    while (seen < steps) {
      ASSERT_GE(run.steps(), seen);
      for (; seen < run.steps(); ++seen) expect_step(run, seen);
      if (seen < steps) {
        ASSERT_TRUE(in.wait(60));
      }
    }
    EXPECT_FALSE(in.wait(0.05));
    in.close();
  }
  MPI_Comm_free(&readers);
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(ReadLive, WaitHasALimit) {
  const std::string path = fresh_directory() + "/limit.h5";
  LoneWriter writer(path);
  writer.commit();
  MPI_Barrier(MPI_COMM_WORLD);
  Reader in(MPI_COMM_WORLD, path);
  const double begin = MPI_Wtime();
  EXPECT_FALSE(in.wait(0.2));
  EXPECT_GE(MPI_Wtime() - begin, 0.15);
  if (world_size() > 1) {
    expect_error({ErrorCode::ranks_disagree, {"Reader::"}}, [&] { in.wait(world_rank() == 0 ? 0 : 1); });
  }
  EXPECT_FALSE(in.refresh());
  in.close();
}

TEST(ReadPeriodic, BoxesGoRound) {
  const std::string path = fresh_directory() + "/round.h5";
  LoneWriter writer(path);
  writer.commit();
  MPI_Barrier(MPI_COMM_WORLD);
  Reader in(MPI_COMM_WORLD, path);
  auto step = in.run("a").last();
  const Box ghosts{{-1, 0, 3 - world_rank()}, {7, 5, 9}};
  const Index extents = ghosts.extents();
  std::vector<double> values(static_cast<std::size_t>(ghosts.volume()));
  std::vector<double> fortran(values.size());
  std::vector<float> single(values.size());
  step.get("p", ghosts, values, {.periodic = {0, 2}});
  step.get("p", ghosts, tessera::into(fortran.data(), extents, {1, extents[0], extents[0] * extents[1]}),
           {.periodic = {2, 0}});
  step.get("p", ghosts, single, {.periodic = {0, 2}});
  step.read();
  const auto expected = values_of(0, ghosts);
  EXPECT_EQ(values, expected);
  EXPECT_EQ(single, std::vector<float>(expected.begin(), expected.end()));
  std::size_t next = 0;
  for_each_index(extents, [&](const Index& at) {
    EXPECT_EQ(fortran[static_cast<std::size_t>(at[0] + extents[0] * (at[1] + extents[1] * at[2]))], expected[next++]);
  });
  expect_error({ErrorCode::out_of_bounds, {"field 'p'", "reaches outside"}}, [&] {
    step.get("p", Box{{-1, -1, 0}, {1, 1, 1}}, std::span(values).first(4), {.periodic = {0}});
    step.read();
  });
  expect_error({ErrorCode::invalid_argument, {"field 'p'", "periodic axes"}}, [&] {
    step.get("p", whole, std::span(values).first(120), {.periodic = {3}});
    step.read();
  });
  in.close();
}

TEST(ReadAlone, WithoutTheOthers) {
  const std::string path = fresh_directory() + "/alone.h5";
  LoneWriter writer(path);
  writer.commit();
  MPI_Barrier(MPI_COMM_WORLD);
  Reader in(MPI_COMM_WORLD, path);
  auto step = in.run("a").last();
  if (world_rank() == world_size() - 1) {
    std::vector<double> values(static_cast<std::size_t>(whole.volume()));
    for (int n = 0; n < 3; ++n) {
      step.get("p", whole, values);
      step.read_alone();
      EXPECT_EQ(values, values_of(0));
      std::ranges::fill(values, 0.0);
    }
    step.get("q", whole, values);
    EXPECT_THROW(step.read_alone(), tessera::Error);
    step.read_alone();  // of nothing
  }
  in.close();
}

}  // namespace
