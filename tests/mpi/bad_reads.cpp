#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include <fstream>
#include <optional>
#include <set>

#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/stored_steps.hpp"

/// \file
/// What cannot be read: one error on every rank, and the next read is right.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Reader;

namespace {

class BadRead : public testing::Test {
 protected:
  BadRead() {
    write_steps(path, world_size());
    in.emplace(MPI_COMM_WORLD, path);
    run.emplace(in->run("a"));
  }
  ~BadRead() override { in->close(); }

  /// Each rank alone, then all together; a right read follows.
  template <class Wrong>
  void refuse(const Wanted& wanted, Wrong&& wrong) {
    for (const std::set<int>& who : culprits()) {
      auto step = run->step(1);
      expect_error(wanted, [&] {
        if (who.contains(world_rank())) wrong(step);
        step.read();
      });
      std::vector<double> all(9 * 7 * 5);
      step.get("pressure", Box{{0, 0, 0}, shape}, all);
      step.read();
      EXPECT_EQ(all[0], pressure(1, {0, 0, 0}));
    }
  }

  const std::string path = output_path(".h5");
  std::optional<Reader> in;
  std::optional<tessera::StoredRun> run;
  std::vector<double> few = std::vector<double>(8);
  std::vector<int> integers = std::vector<int>(8);
};

TEST_F(BadRead, IsTheSameErrorOnAllRanks) {
  const Box box{{0, 0, 0}, {2, 2, 2}};
  refuse({ErrorCode::not_found, {"run 'a'", "no field 'presure'", "fields lists"}},
         [&](auto& step) { step.get("presure", box, few); });
  refuse({ErrorCode::out_of_bounds, {"field 'pressure'", "reaches outside"}}, [&](auto& step) {
    step.get("pressure", Box{{8, 0, 0}, {10, 2, 2}}, few);
  });
  refuse({ErrorCode::shape_mismatch, {"field 'pressure'", "8 elements", "12"}}, [&](auto& step) {
    step.get("pressure", Box{{0, 0, 0}, {3, 2, 2}}, few);
  });
  refuse({ErrorCode::type_mismatch, {"field 'pressure'", "float64", "int32"}},
         [&](auto& step) { step.get("pressure", box, integers); });
  refuse({ErrorCode::wrong_order, {"field 'mask'", "statics"}}, [&](auto& step) { step.get("mask", box, few); });
}

TEST_F(BadRead, OfOtherStepsIsADisagreement) {
  if (world_size() == 1) return;
  expect_error({ErrorCode::ranks_disagree, {"step 0", "step 1"}}, [&] { run->step(world_rank() == 0 ? 0 : 1).read(); });
}

TEST_F(BadRead, OfWhatIsNotThere) {
  expect_error({ErrorCode::not_found, {"no run 'b'", "runs lists"}}, [&] { in->run("b"); });
  expect_error({ErrorCode::not_found, {"3 steps", "no step 3"}}, [&] { run->step(3); });
  expect_error({ErrorCode::not_found, {"within", "nearest is at 0.2"}}, [&] { run->at_time(1.5, 0.1); });
  expect_error({ErrorCode::not_found, {"attribute 'speed'"}}, [&] { run->attribute<double>("speed"); });
  expect_error({ErrorCode::type_mismatch, {"attribute 'name'"}}, [&] { run->attribute<double>("name"); });
}

TEST(BadReader, OfWhatIsNoFile) {
  expect_error({ErrorCode::storage, {"no_such.h5", "No such file"}}, [] { Reader(MPI_COMM_WORLD, "no_such.h5"); });
  const std::string path = fresh_directory() + "/text.h5";
  on_first_rank(
      [&] { std::ofstream(path) << "no HDF5 file, though as long as a superblock would be, or longer than that"; });
  expect_error({ErrorCode::hdf5, {"text.h5", "for reading failed"}}, [&] { Reader(MPI_COMM_WORLD, path); });
}

}  // namespace
