#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "support/failing_files.hpp"
#include "support/outside.hpp"
#include "support/scene.hpp"
#include "support/stall.hpp"

/// \file
/// Space of the file that each rank has ahead of time: steps that take more than those before, commits that fail, and
/// how much is left unused.

namespace {
int imaginary_nodes = 0;  // to which ranks go by turns; 0: as it is
}

// It stands before that of MPI, which is found as PMPI_ (MPI 4.0, section 15.2).
extern "C" int MPI_Comm_split_type(MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm* result) {
  if (imaginary_nodes == 0) return PMPI_Comm_split_type(comm, type, key, info, result);
  int rank = 0;
  PMPI_Comm_rank(comm, &rank);
  return PMPI_Comm_split(comm, rank % imaginary_nodes, key, result);
}

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Index;

namespace {

/// Steps with values in all cells, or in the first plane of each chunk only, which take a small part of the space: as
/// many chunks, so nobody knows beforehand.
class Varied {
 public:
  explicit Varied(const tessera::Options& options = {}, const std::string& suffix = "")
      : file_(options, suffix), run_(file_.run("run")),
        own_(run_.field<double>("own", tessera::Grid{shape_}, {.fill = 0.0, .chunk = {8, 16, 16}})),
        shared_(run_.field<double>("shared", tessera::Grid{shape_}, {.fill = 0.0, .chunk = {7, 16, 16}})) {}

  TestStep step(bool large) {
    auto step = run_.step(time_ += 1);
    for (const auto* field : {&own_, &shared_}) step.put(*field, large ? slabs(shape_, file_.size()) : thin());
    return step;
  }
  /// \returns the collective operations that this took
  std::size_t commit(bool large, bool waits = true) {
    auto next = step(large);
    const std::size_t before = collectives_begun();
    EXPECT_NO_THROW(waits ? next.commit() : next.commit_async());
    return collectives_begun() - before;
  }
  TestFile& file() { return file_; }
  tessera::Writer& writer() { return file_.raw(); }

 private:
  /// Layers 0, 8, 16..., each with the rank whose slab it is in.
  Blocks thin() const {
    Blocks blocks = slabs(shape_, file_.size());
    for (auto& of_rank : blocks) {
      const tessera::Box slab = of_rank.at(0);
      of_rank.clear();
      for (std::int64_t z = (slab.lower[0] + 7) / 8 * 8; z < slab.upper[0]; z += 8) {
        of_rank.push_back({{z, 0, 0}, {z + 1, shape_[1], shape_[2]}});
      }
    }
    return blocks;
  }

  Index shape_{96, 32, 32};
  TestFile file_;
  TestRun run_;
  TestField<double> own_;
  TestField<double> shared_;
  double time_ = 0;
};

constexpr std::size_t max_steady = 4;

/// The first large step does not fit, and is gone through once more; the second one does.
void grow(Varied& varied) {
  for (int n = 0; n < 14; ++n) varied.commit(false);
  EXPECT_LE(varied.commit(false), max_steady);
  EXPECT_GT(varied.commit(true), max_steady) << "two gathers, and a prefix sum for what does not fit";
  for (int n = 0; n < 12; ++n) varied.commit(true);
  EXPECT_LE(varied.commit(true), max_steady);
}

TEST(OwnSpace, OfStepsThatBecomeLarger) {
  Varied varied({.statistics = true});
  grow(varied);
  varied.file().close();
}

TEST(OwnSpace, OfStepsThatBecomeLargerPowerSafe) {
  Varied varied({.durability = tessera::Durability::power_safe});
  for (int n = 0; n < 4; ++n) varied.commit(false);
  for (int n = 0; n < 2; ++n) varied.commit(true);
  varied.file().close();
}

TEST(OwnSpace, OfStepsThatVary) {
  for (const bool waits : {true, false}) {
    Varied varied({.steps_in_flight = 2}, waits ? "_waiting" : "_in_flight");
    for (int n = 0; n < 30; ++n) varied.commit(n * n % 7 < 3, waits);
    for (int n = 0; n < 8; ++n) varied.commit(n % 3 == 0, n % 2 == 0);
    varied.file().close();
  }
}

/// One chunk a rank, and on one rank alone it does not fit from some step on: in a field's first commits ranks also
/// share what they learn.
TEST(OwnSpace, OfOneRankThatGrows) {
  for (int first = 1; first <= 8; ++first) {
    TestFile file({}, "_" + std::to_string(first));
    file.expected().depends_on_rank_count = true;
    auto run = file.run("run");
    const Index shape{16 * file.size(), 16, 16};
    const auto field = run.field<double>("field", tessera::Grid{shape}, {.fill = 0.0, .chunk = {16, 16, 16}});
    for (int n = 0; n < 12; ++n) {
      Blocks blocks = slabs(shape, file.size());
      for (int rank = 0; rank < file.size(); ++rank) {
        tessera::Box& own = blocks[static_cast<std::size_t>(rank)].at(0);
        if (rank != file.size() - 1 || n < first) own.upper[0] = own.lower[0] + 1;
      }
      auto step = run.step(n);
      step.put(field, blocks);
      EXPECT_NO_THROW(step.commit());
    }
    file.close();
  }
}

TEST(OwnSpace, AfterACommitThatFailed) {
  const FailingFiles files;
  Varied varied;
  varied.file().expected().depends_on_rank_count = true;
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    for (const bool large : {false, true}) {
      for (int n = 0; n < 3; ++n) varied.commit(large);
      FailingFiles::fail = world_rank() == culprit;
      auto step = varied.step(large);
      expect_error({ErrorCode::storage, {"as the test wants it", "write the step again"}, {culprit}},
                   [&] { step.raw().commit(); });
      FailingFiles::fail = false;
    }
  }
  varied.commit(true);
  varied.file().close();
}

/// In the second time that ranks go through a step.
TEST(OwnSpace, AFailureOfWhatDoesNotFit) {
  const FailingFiles files;
  Varied varied;
  varied.file().expected().depends_on_rank_count = true;
  for (int n = 0; n < 4; ++n) varied.commit(false);
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    auto step = varied.step(true);
    FailingFiles::fail = world_rank() == culprit;
    expect_error({ErrorCode::storage, {"as the test wants it"}, {culprit}}, [&] { step.raw().commit(); });
    FailingFiles::fail = false;
    varied.commit(false);
  }
  varied.file().close();
}

/// Of a long file at most a fiftieth, and close() tells of all but crumbs.
void expect_little_unused(TestFile& file) {
  file.close();
  const std::string path = file.path();
  const auto stored =
      std::stoull(python("print(h5py.File(sys.argv[1], 'r')['run/field'].id.get_storage_size())", path));
  if (world_rank() != 0) return;
  const std::uint64_t size = std::filesystem::file_size(path);
  const std::uint64_t unused = file.raw().unused_bytes();
  EXPECT_LT(unused, stored / 50);
  EXPECT_LT(size, stored + stored / 50 + (std::uint64_t{1} << 20)) << "metadata besides";
}

TEST(OwnSpace, LittleIsLeftUnused) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  TestFile file;
  auto run = file.run("run");
  const Index shape{16, 32, 64};
  const auto field = run.field<double>("field", tessera::Grid{shape}, {.chunk = {4, 32, 32}});
  for (int n = 0; n < 150; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size()));
    step.commit();
  }
  expect_little_unused(file);
}

/// A chunk of each rank in a step, of a size that differs by up to a fifth.
TEST(OwnSpace, LittleIsLeftUnusedByFewChunks) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  setenv("TESSERA_SHARE_SPACE", "1", 1);
  TestFile file;
  unsetenv("TESSERA_SHARE_SPACE");
  file.expected().depends_on_rank_count = true;
  auto run = file.run("run");
  const Index shape{20 * file.size(), 8, 16};
  const auto field = run.field<double>("field", tessera::Grid{shape}, {.fill = 0.0, .chunk = {20, 8, 16}});
  std::minstd_rand random(5);
  for (int n = 0; n < 200; ++n) {
    Blocks blocks = slabs(shape, file.size());
    for (auto& of_rank : blocks) of_rank.at(0).upper[0] -= static_cast<std::int64_t>(random() % 7);
    auto step = run.step(n);
    step.put(field, blocks);
    step.commit();
  }
  expect_little_unused(file);
}

/// However the launcher placed the ranks: seen from the file's beginning there are as few changes from a node to
/// another one as steps and nodes need.
void expect_nodes_together(const char* shares) {
  imaginary_nodes = 2;
  setenv("TESSERA_SHARE_SPACE", shares, 1);
  TestFile file({}, std::string("_") + shares);
  auto run = file.run("run");
  const Index shape{8 * file.size(), 16, 16};
  const auto field = run.field<double>("field", tessera::Grid{shape}, {.chunk = {4, 16, 16}});
  constexpr int steps = 24;
  for (int n = 0; n < steps; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size()));
    step.commit();
  }
  file.close();
  imaginary_nodes = 0;
  unsetenv("TESSERA_SHARE_SPACE");
  const std::string changes = python(
      "d = h5py.File(sys.argv[1], 'r')['run/field'].id\n"
      "all = [d.get_chunk_info(n) for n in range(d.get_num_chunks())]\n"
      "all = [(c.byte_offset, c.chunk_offset[1] // 8 % 2) for c in all if c.chunk_offset[0] >= 8]\n"
      "nodes = [node for _, node in sorted(all)]\n"
      "print(sum(a != b for a, b in zip(nodes, nodes[1:])))",
      file.path());
  if (world_rank() == 0) {
    EXPECT_LE(std::stoi(changes), 2 * (steps - 8));
  }
}

TEST(OwnSpace, OfANodeLiesTogether) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  for (const char* shares : {"0", "1"}) expect_nodes_together(shares);
}

TEST(OwnSpace, IsSharedByANodeWhereAsked) {
  setenv("TESSERA_SHARE_SPACE", "1", 1);
  {
    Varied varied;
    for (int n = 0; n < 20; ++n) varied.commit(n * n % 7 < 3, n % 3 > 0);
    varied.file().close();
  }
  setenv("TESSERA_SHARE_SPACE", "2", 1);
  expect_error({ErrorCode::invalid_argument, {"TESSERA_SHARE_SPACE is '2'", "from 0 to 1"}, {}},
               [] { tessera::Writer(MPI_COMM_WORLD, fresh_directory() + "/file.h5"); });
  unsetenv("TESSERA_SHARE_SPACE");
}

}  // namespace
