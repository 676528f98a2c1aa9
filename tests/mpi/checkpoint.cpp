#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include <tessera/checkpoint.hpp>
#include <tessera/reader.hpp>

#include "support/box_values.hpp"
#include "support/formula.hpp"
#include "support/outside.hpp"

/// \file
/// Checkpoints: what is written is read back to the bit, the last complete ones stay, what cannot be read is passed
/// over, and a checkpoint that fails takes nothing away.

using namespace tessera_test;
using tessera::Box;
using tessera::Checkpoint;
using tessera::CheckpointOptions;
using tessera::ErrorCode;
using tessera::Index;
using tessera::Reader;

namespace {

namespace fs = std::filesystem;

const Index shape{9, 7, 5};
const Index faces{4, 6};
const std::vector<std::int64_t> random_state{std::numeric_limits<std::int64_t>::min(), -1, 0, 1 << 20,
                                             std::numeric_limits<std::int64_t>::max()};

/// Values of which no bit may be lost.
double temperature(std::int64_t number, const Index& at) {
  const double value = value_at<double>(3, number, at);
  if (at == Index{1, 2, 3}) return -0.0;
  if (at == Index{8, 6, 4}) return std::nextafter(1.0, 2.0);
  return value / 3;
}

std::int32_t kind(std::int64_t number, const Index& at) { return value_at<std::int32_t>(4, number, at); }

/// This rank's boxes; the blocks are uneven, and where there are several ranks the last one has no faces.
std::vector<Box> own_boxes(const Index& of, int ranks) {
  if (world_rank() >= ranks) return {};
  return uneven_slabs(of, ranks)[static_cast<std::size_t>(world_rank())];
}

std::int64_t write(const std::string& path, const CheckpointOptions& options = {}, std::int64_t expected = 0) {
  Checkpoint checkpoint(MPI_COMM_WORLD, path, 0.5, {{"random_state", random_state}, {"seed", "mt19937"}}, options);
  const std::int64_t number = checkpoint.number();
  if (expected != 0) {
    EXPECT_EQ(number, expected);
  }
  checkpoint.attribute("step", 1000 + number);
  const auto t = checkpoint.field<double>("temperature", {shape, {.spacing = {0.5}, .unit = "m"}}, {.unit = "K"});
  const auto k = checkpoint.field<std::int32_t>("kind", {faces, {.axes = {"v", "u"}}});
  for (const Box& box : own_boxes(shape, world_size())) {
    checkpoint.put(t, box, filled<double>(box, [&](const Index& at) { return temperature(number, at); }));
  }
  for (const Box& box : own_boxes(faces, std::max(1, world_size() - 1))) {
    checkpoint.put(k, box, filled<std::int32_t>(box, [&](const Index& at) { return kind(number, at); }));
  }
  checkpoint.commit();
  return number;
}

/// Reads it on all ranks, each of them everything.
void expect_content(const tessera::StoredCheckpoint& found) {
  Reader in(MPI_COMM_WORLD, found.path);
  const auto run = in.run(Checkpoint::run_name);
  EXPECT_EQ(run.attribute<std::vector<std::int64_t>>("random_state"), random_state);
  EXPECT_EQ(run.attribute<std::string>("seed"), "mt19937");
  EXPECT_EQ(run.attribute<std::int64_t>("step"), 1000 + found.number);
  EXPECT_EQ(run.times(), std::vector<double>{0.5});
  EXPECT_EQ(found.time, 0.5);
  EXPECT_EQ(run.field("temperature").type, tessera::DataType::float64);
  const Box all{{0, 0, 0}, shape};
  const Box all_faces{{0, 0}, faces};
  std::vector<double> t(static_cast<std::size_t>(all.volume()));
  std::vector<std::int32_t> k(static_cast<std::size_t>(all_faces.volume()));
  auto step = run.last();
  step.get("temperature", all, t);
  step.get("kind", all_faces, k);
  step.read();
  const auto wanted = filled<double>(all, [&](const Index& at) { return temperature(found.number, at); });
  EXPECT_EQ(std::memcmp(t.data(), wanted.data(), t.size() * sizeof(double)), 0);
  EXPECT_EQ(k, filled<std::int32_t>(all_faces, [&](const Index& at) { return kind(found.number, at); }));
  in.close();
}

/// The names in the directory of a test, sorted.
std::vector<std::string> names_in(const std::string& directory) {
  MPI_Barrier(MPI_COMM_WORLD);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  MPI_Barrier(MPI_COMM_WORLD);
  return names;
}

using Names = std::vector<std::string>;

TEST(Checkpoint, IsReadBackToTheBit) {
  const std::string path = fresh_directory() + "/state";
  EXPECT_EQ(write(path), 1);
  const auto found = Checkpoint::latest(MPI_COMM_WORLD, path);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, path + ".000001.h5");
  EXPECT_EQ(found->number, 1);
  EXPECT_TRUE(found->passed_over.empty());
  expect_content(*found);
}

TEST(Checkpoint, TheLastTwoStayOrAsManyAsAreAskedFor) {
  const std::string directory = fresh_directory();
  for (int n = 1; n <= 4; ++n) write(directory + "/state", {}, n);
  EXPECT_EQ(names_in(directory), (Names{"state.000003.h5", "state.000004.h5"}));
  write(directory + "/state", {.keep = 3});
  EXPECT_EQ(names_in(directory), (Names{"state.000003.h5", "state.000004.h5", "state.000005.h5"}));
  write(directory + "/state", {.keep = 1});
  EXPECT_EQ(names_in(directory), (Names{"state.000006.h5"}));
  expect_content(*Checkpoint::latest(MPI_COMM_WORLD, directory + "/state"));
}

TEST(Checkpoint, OfAnotherNameIsLeftAlone) {
  const std::string directory = fresh_directory();
  const Names others{"state.000x01.h5", "state.1.nc", "state.h5", "states.000001.h5"};
  on_first_rank([&] {
    for (const auto& name : others) std::ofstream(directory + "/" + name) << "x";
  });
  for (int n = 1; n <= 3; ++n) write(directory + "/state", {.keep = 1}, n);
  Names wanted = others;
  wanted.push_back("state.000003.h5");
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(names_in(directory), wanted);
}

TEST(Checkpoint, WhereThereIsNoneNothingIsFound) {
  const std::string directory = fresh_directory();
  EXPECT_FALSE(Checkpoint::latest(MPI_COMM_WORLD, directory + "/state"));
  EXPECT_FALSE(Checkpoint::latest(MPI_COMM_WORLD, directory + "/no/state"));
  on_first_rank([&] { std::ofstream(directory + "/state.unfinished.h5") << "half of it"; });
  EXPECT_FALSE(Checkpoint::latest(MPI_COMM_WORLD, directory + "/state"));
  write(directory + "/state", {}, 1);
  EXPECT_EQ(names_in(directory), (Names{"state.000001.h5"}));
}

/// The newest one was truncated, the one before is no checkpoint.
TEST(Checkpoint, WhatCannotBeReadIsPassedOverAndDoesNotCount) {
  const std::string directory = fresh_directory();
  const std::string path = directory + "/state";
  for (int n = 1; n <= 4; ++n) write(path, {.keep = 9}, n);
  on_first_rank([&] {
    fs::resize_file(path + ".000004.h5", 3000);
    std::ofstream(path + ".000003.h5") << "something else";
  });
  const auto found = Checkpoint::latest(MPI_COMM_WORLD, path);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 2);
  ASSERT_EQ(found->passed_over.size(), 2u);
  EXPECT_NE(found->passed_over[0].find("state.000004.h5': "), std::string::npos) << found->passed_over[0];
  EXPECT_NE(found->passed_over[1].find("state.000003.h5': "), std::string::npos) << found->passed_over[1];
  expect_content(*found);
  write(path, {.keep = 2}, 5);
  EXPECT_EQ(names_in(directory), (Names{"state.000002.h5", "state.000003.h5", "state.000004.h5", "state.000005.h5"}))
      << "of the two complete ones that were to stay";
  write(path, {.keep = 2}, 6);
  EXPECT_EQ(names_in(directory), (Names{"state.000005.h5", "state.000006.h5"}));
}

TEST(Checkpoint, ThatIsDroppedLeavesTheOthers) {
  const std::string path = fresh_directory() + "/state";
  write(path);
  { const Checkpoint dropped(MPI_COMM_WORLD, path, 7); }
  MPI_Barrier(MPI_COMM_WORLD);
  const auto found = Checkpoint::latest(MPI_COMM_WORLD, path);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 1);
  write(path, {}, 2);
}

/// A disk that is full on one rank, say.
TEST(Checkpoint, ThatFailsThrowsEverywhereAndLeavesTheOthers) {
  if (is_collective()) return;  // MPI-IO's errors are not the same everywhere
  const std::string directory = fresh_directory();
  write(directory + "/state", {.keep = 1}, 1);
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    Checkpoint checkpoint(MPI_COMM_WORLD, directory + "/state", 1, {}, {.keep = 1});
    const auto t = checkpoint.field<double>("temperature", {shape});
    for (const Box& box : own_boxes(shape, world_size())) {
      checkpoint.put(t, box, filled<double>(box, [](const Index& at) { return temperature(0, at); }));
    }
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit now = before;
    if (world_rank() == culprit) now.rlim_cur = 1000;
    ::setrlimit(RLIMIT_FSIZE, &now);
    expect_error({ErrorCode::storage, {"File too large"}}, [&] { checkpoint.commit(); });
    ::setrlimit(RLIMIT_FSIZE, &before);
  }
  expect_content(*Checkpoint::latest(MPI_COMM_WORLD, directory + "/state"));
  write(directory + "/state", {.keep = 1}, 2);
  EXPECT_EQ(names_in(directory), (Names{"state.000002.h5"}));
}

TEST(Checkpoint, BadCallsThrowTheSameEverywhere) {
  const std::string path = fresh_directory() + "/state";
  const auto begin = [&](const std::string& where, const CheckpointOptions& options) {
    Checkpoint checkpoint(MPI_COMM_WORLD, where, 0, {}, options);
  };
  expect_error({ErrorCode::invalid_argument, {"no name at its end"}}, [&] { begin("", {}); });
  expect_error({ErrorCode::invalid_argument, {"no name at its end"}}, [&] { begin(path + "/", {}); });
  expect_error({ErrorCode::invalid_argument, {"keep is 0", "1 or more"}}, [&] { begin(path, {.keep = 0}); });
  expect_error({ErrorCode::storage, {"no", "does not exist"}}, [&] { begin(path + "/no/state", {}); });
  expect_error({ErrorCode::invalid_argument, {"no name"}}, [&] { Checkpoint::latest(MPI_COMM_WORLD, ""); });
  if (world_size() > 1) {
    const bool differs = world_rank() == world_size() - 1;
    expect_error({ErrorCode::ranks_disagree, {"keep 3", "keep 2"}}, [&] { begin(path, {.keep = differs ? 3 : 2}); });
    expect_error({ErrorCode::ranks_disagree, {"other"}},
                 [&] { Checkpoint::latest(MPI_COMM_WORLD, differs ? path + "other" : path); });
    expect_error({ErrorCode::ranks_disagree, {"latest", "keep 2"}}, [&] {
      if (differs) {
        Checkpoint::latest(MPI_COMM_WORLD, path);
      } else {
        begin(path, {});
      }
    });
  }
  write(path, {}, 1);
}

TEST(Checkpoint, AfterTheEndIsRefused) {
  const std::string path = fresh_directory() + "/state";
  Checkpoint checkpoint(MPI_COMM_WORLD, path, 0);
  const auto t = checkpoint.field<double>("temperature", {shape}, {.fill = 0});
  checkpoint.put(t, {{0, 0, 0}, {world_rank() == 0 ? 1 : 0, 1, 1}}, std::vector<double>(world_rank() == 0 ? 1 : 0));
  checkpoint.commit();
  expect_error({ErrorCode::wrong_order, {"closed"}}, [&] { checkpoint.field<double>("late", {shape}); });
  expect_error({ErrorCode::wrong_order, {}}, [&] { checkpoint.commit(); });
  EXPECT_TRUE(Checkpoint::latest(MPI_COMM_WORLD, path)) << "a second commit() took the first one's file";
}

/// Stock tools read it like any file.
TEST(Checkpoint, IsAnHdf5File) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = fresh_directory() + "/state";
  write(path);
  EXPECT_EQ(python("f = h5py.File(sys.argv[1])['checkpoint']\n"
                   "print(f['time'][:], f['temperature'].shape, f['temperature'].dtype, f.attrs['step'], "
                   "f['temperature'][0, 1, 2, 3])",
                   path + ".000001.h5"),
            "[0.5] (1, 9, 7, 5) float64 1001 -0.0");
}

}  // namespace
