/// \file
/// Jobs that continue one file, one after the other, beside kills, power failures and other programs: what was
/// committed is read by HDF5 after each of them, and nothing of it is what the file's record calls free.

#include <gtest/gtest.h>
#include <hdf5_hl.h>
#include <unistd.h>
#include <fstream>
#include <map>
#include <random>
#include "hdf5/check.hpp"
#include "hdf5/superblock.hpp"
#include "hdf5/survey.hpp"
#include "hdf5/tree_set.hpp"
#include "memory_file.hpp"
#include "numbered_steps.hpp"
#include "small_runs.hpp"

namespace tessera::hdf5 {
namespace {

struct JobsInTurn : ::testing::Test, SmallRuns {
  MemoryFile file;
  std::optional<TreeSet> trees;
  Content published;
  bool is_new = true;
  std::uint64_t extra = 0;
  std::chrono::milliseconds grace{0};

  void open() {
    file.readers = false;
    if (is_new) trees.emplace(file, TreeSet::Options{.grace = grace});
    else trees.emplace(file, TreeSet::Options{.grace = grace}, TreeSet::Found{});
    is_new = false;
    trees->expect_no_readers();
  }
  void close() {
    trees->close();
    trees.reset();
  }
  void kill() {
    const MemoryFile left = file;
    trees.reset();
    file = left;
  }
  void step(const std::string& name, double value) {
    Content next = published;
    Record record;
    SmallRun& run = next[name];
    if (run.steps.empty()) define(record, name, run.text = "text of " + name);
    const std::uint64_t address = trees->end();
    add_step(record, run, "/" + name, value, address);
    const std::vector<double> values(16, value);
    file.write(address, std::as_bytes(std::span(values)));
    trees->reserve(128 + extra);
    trees->commit(std::move(record));
    published = std::move(next);
  }
  std::string path() const { return ::testing::TempDir() + "jobs_in_turn_test." + std::to_string(::getpid()) + ".h5"; }
  Content read() {
    const Quiet quiet;
    file.save(path());
    const Handle opened(H5Fopen(path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    Content content;
    for (const auto& [name, expected] : published) {
      if (H5Lexists(opened.get(), name.c_str(), H5P_DEFAULT) <= 0) continue;
      SmallRun& run = content[name];
      run.text = text_of(opened, "/" + name);
      run.steps = values_of(opened, "/" + name + "/f", 16);
      if (values_of(opened, "/" + name + "/time", 1) != run.steps) run.text += ", other times";
    }
    return content;
  }
  /// What the record calls free and the file refers to.
  std::string overlaps() {
    const Quiet quiet;
    file.save(path());
    Survey survey(path());
    survey.read();
    std::string text;
    for (const auto& error : survey.errors()) text += "error " + error.path + ": " + error.text + "; ";
    const auto free = survey.recorded_free();
    const auto look = [&](std::uint64_t begin, std::uint64_t size, const std::string& what) {
      for (const Extent& one : free)
        if (begin < one.end && one.begin < begin + size) text += what + " at " + std::to_string(begin) + "; ";
    };
    for (const FileRange& range : survey.metadata()) look(range.begin, range.size, "metadata");
    for (const SurveyedDataset& dataset : survey.datasets()) {
      look(dataset.bytes.begin, dataset.bytes.size, "values of " + dataset.path);
      for (const PlacedChunk& chunk : dataset.index.chunks) look(chunk.address, chunk.size, "chunk of " + dataset.path);
    }
    return text.substr(0, 400);
  }
  void expect_content(const std::string& when) {
    EXPECT_EQ(overlaps(), "") << when;
    const Content now = read();
    for (const auto& [name, run] : published) {
      const auto found = now.find(name);
      if (found == now.end()) {
        ADD_FAILURE() << when << ": run " << name << " is lost";
        continue;
      }
      EXPECT_TRUE(found->second == run) << when << ": run " << name << ": text '" << found->second.text << "', "
                                        << found->second.steps.size() << " steps of " << run.steps.size();
    }
  }
  static std::string numbered(int n) { return "r" + std::to_string(n); }
};

/// Runs that trees share, so that trees refer to each other and to the one that was found.
TEST_F(JobsInTurn, GoOnWithRunsThatAreShared) {
  open();
  step("q", 1);
  step("q", 2);
  step("q", 3);
  close();
  expect_content("first job");
  open();
  for (int n = 0; n < 64; ++n) step(numbered(n), n);
  step(numbered(63), 63.5);
  step(numbered(64), 64);
  for (int n = 0; n < 33; ++n) step(numbered(n), n + 0.25);
  step(numbered(0), 0.5);
  step(numbered(0), 0.75);
  close();
  expect_content("second job");
  open();
  step("new_run", 1000);
  expect_content("third job, one commit");
  step("new_run", 1001);
  close();
  expect_content("third job");
}

TEST_F(JobsInTurn, OfAllKinds) {
  constexpr int count = 2;
  for (int seed = 0; seed < count; ++seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    file = MemoryFile();
    is_new = true;
    published.clear();
    int runs = 0;
    for (int job = 0; job < 14; ++job) {
      grace = std::chrono::milliseconds(random() % 4 == 0 ? 2 : 0);
      open();
      const int commits = 1 + static_cast<int>(random() % (random() % 3 == 0 ? 120 : 12));
      const unsigned new_share = random() % 3 == 0 ? 80 : 15;
      for (int c = 0; c < commits; ++c) {
        if (random() % 100 < new_share || runs == 0) ++runs;
        const int chosen = random() % 2 == 0 ? runs - 1 : static_cast<int>(random() % static_cast<unsigned>(runs));
        file.readers = random() % 10 == 0;
        file.alone = random() % 2 == 0;
        if (random() % 25 == 0) {
          file.fails = true;
          Record record;
          define(record, "failed", "");
          EXPECT_THROW(trees->commit(std::move(record)), Error);
          file.fails = false;
          if (!trees->usable()) break;
        }
        step(numbered(chosen), job * 1000 + c + 0.5);
      }
      if (random() % 3 == 0) kill();
      else close();
      expect_content("seed " + std::to_string(seed) + " job " + std::to_string(job));
      if (HasFailure()) return;
    }
  }
}

/// A kill-safe job closes; the power fails: the record's page reached the disk, the superblock's did not.
TEST_F(JobsInTurn, AfterAPowerFailureTheRecordOfALaterStateIsNotUsed) {
  open();
  step("q", 1);
  step("q", 2);
  std::vector<std::byte> older(file.bytes.begin(), file.bytes.begin() + 48);
  const std::uint64_t part = trees->end();
  trees->reserve(4096);
  step("q", 3);
  trees->add_free({{part, part + 4096}});
  close();
  std::copy(older.begin(), older.end(), file.bytes.begin());
  published["q"].steps.pop_back();
  expect_content("after the power failure");
  open();
  extra = 8192;
  step("q", 10);
  kill();
  expect_content("job 2");
  open();
  const auto free = trees->free_extent();
  if (free) {
    const std::vector<double> values((free->end - free->begin) / 8, 777.0);
    file.write(free->begin, std::as_bytes(std::span(values)));  // as ranks do
  }
  expect_content("job 3, before its first commit");
}

/// A stock program changes the file in place between jobs.
TEST_F(JobsInTurn, AfterAProgramThatKnowsNothingOfTheRecord) {
  int lost = 0;
  for (int steps = 1; steps <= 20; steps += steps < 9 ? 4 : 1) {
    for (int kept = 0; kept < steps; kept += 2) {
      file = MemoryFile();
      is_new = true;
      published.clear();
      open();
      for (int n = 0; n < steps; ++n) step("q", n);
      close();
      file.save(path());
      const int added = 3;
      {
        const Handle opened(H5Fopen(path().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
        ASSERT_GE(opened.get(), 0);
        const Handle f(H5Dopen2(opened.get(), "/q/f", H5P_DEFAULT), H5Dclose);
        const Handle time(H5Dopen2(opened.get(), "/q/time", H5P_DEFAULT), H5Dclose);
        hsize_t extent[3] = {hsize_t(kept), 4, 4};
        ASSERT_GE(H5Dset_extent(f.get(), extent), 0);
        ASSERT_GE(H5Dset_extent(time.get(), extent), 0);
        published["q"].steps.resize(static_cast<std::size_t>(kept));
        for (int n = 0; n < added; ++n) {
          extent[0] = hsize_t(kept + n + 1);
          ASSERT_GE(H5Dset_extent(f.get(), extent), 0);
          ASSERT_GE(H5Dset_extent(time.get(), extent), 0);
          const double value = 100 + n;
          const std::vector<double> values(16, value);
          const hsize_t start[3] = {hsize_t(kept + n), 0, 0};
          const hsize_t size[3] = {1, 4, 4};
          for (int which = 0; which < 2; ++which) {
            const hid_t to = which == 0 ? f.get() : time.get();
            const Handle space(H5Dget_space(to), H5Sclose);
            const Handle memory(H5Screate_simple(which == 0 ? 3 : 1, size, nullptr), H5Sclose);
            H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, size, nullptr);
            ASSERT_GE(H5Dwrite(to, H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values.data()), 0);
          }
          published["q"].steps.push_back(value);
        }
      }
      std::ifstream in(path(), std::ios::binary);
      const std::vector<char> all((std::istreambuf_iterator<char>(in)), {});
      file = MemoryFile();
      file.write(0, std::as_bytes(std::span(all)));
      file.writes.clear();
      for (int job = 0; job < 6; ++job) {
        open();
        for (int n = 0; n < 3; ++n) step("q", 1000 + job * 10 + n);
        close();
        const Content there = read();
        if (there != published) {
          ADD_FAILURE() << steps << " steps, " << kept << " kept: lost in job " << job;
          ++lost;
          break;
        }
      }
    }
  }
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace tessera::hdf5
