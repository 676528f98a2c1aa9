#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/outside.hpp"

// Writer::report(): its bytes are what h5py finds in the file, and its JSON is what Python reads. Files of TestFile are
// compared with what was written, as everywhere: that they are measured changes nothing.

using namespace tessera_test;
using tessera::CommitReport;
using tessera::Grid;
using tessera::Index;
using tessera::Report;
using tessera::StageSeconds;

namespace {

const Index shape{16, 16, 24};
const Index chunk{8, 8, 8};
constexpr std::uint64_t raw_bytes = 16 * 16 * 24 * 8;

/// Every part of a commit fits in it.
void expect_sound(const CommitReport& commit, int ranks) {
  EXPECT_GT(commit.seconds, 0);
  for (const auto stage : {&StageSeconds::agree, &StageSeconds::plan, &StageSeconds::exchange, &StageSeconds::encode,
                           &StageSeconds::place, &StageSeconds::write, &StageSeconds::sync, &StageSeconds::publish}) {
    EXPECT_GE(commit.mean.*stage, 0);
    EXPECT_GE(commit.longest.*stage, commit.mean.*stage * 0.999);
  }
  EXPECT_LE(commit.longest.encode, commit.seconds * 1.5);
  EXPECT_GE(commit.slowest.rank, 0);
  EXPECT_LT(commit.slowest.rank, ranks);
  EXPECT_GE(commit.slowest.imbalance, 0.999);
  EXPECT_LE(commit.slowest.imbalance, ranks * 1.001);
  EXPECT_FALSE(commit.slowest.host.empty());
  EXPECT_GE(commit.ranks_that_wrote, 1);
  EXPECT_LE(commit.ranks_that_wrote, ranks);
  if (is_collective()) return;
  EXPECT_GE(commit.requests.count, static_cast<std::uint64_t>(commit.ranks_that_wrote));
  EXPECT_LE(commit.requests.smallest, commit.requests.largest);
  EXPECT_LE(commit.requests.largest * commit.requests.count, commit.stored_bytes * commit.requests.count + 8);
  EXPECT_LE(commit.requests.small, commit.requests.count);
  EXPECT_EQ(commit.requests.mean, commit.stored_bytes / commit.requests.count);
  EXPECT_LE(commit.requests.smallest, commit.requests.smallest_mean);
  EXPECT_LE(commit.requests.smallest_mean, commit.requests.mean);
}

std::string report_file(const std::string& path) { return path + ".report.json"; }

}  // namespace

TEST(Report, SaysWhatIsInTheFile) {
  TestFile file({.report = {.summary = true, .file = true}});
  auto run = file.run("a");
  auto field = run.field<double>("u", Grid{shape}, {.chunk = chunk});
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(field, n == 1 ? checkerboard(shape, file.size(), 3) : uneven_slabs(shape, file.size()));
    step.commit();
  }
  file.close();
  const Report report = file.raw().report();
  const std::string found = python(
      "import json\n"
      "r = json.load(open(sys.argv[1] + '.report.json'))\n"
      "u = h5py.File(sys.argv[1], 'r')['a/u']\n"
      "print(u.nbytes, u.id.get_storage_size(), r['total']['stored_bytes'], r['total']['number'], r['ranks'],\n"
      "      [(c['number'], c['run'], c['step']) for c in r['commits']], r['longest']['number'] in (1, 2, 3),\n"
      "      sum(c['mean']['encode'] for c in r['commits']) <= r['total']['mean']['encode'] * 1.001)",
      file.path());
  on_first_rank([&] { std::filesystem::remove(report_file(file.path())); });  // it is no manifest
  if (file.rank() > 0) {
    EXPECT_EQ(report.total.number, 0) << "rank 0 has it";
    return;
  }
  EXPECT_EQ(report.ranks, file.size());
  EXPECT_EQ(report.engine, is_collective() ? "collective" : "direct");
  ASSERT_EQ(report.commits.size(), 3U);
  for (const CommitReport& commit : report.commits) {
    expect_sound(commit, file.size());
    EXPECT_EQ(commit.raw_bytes, raw_bytes);
    EXPECT_LE(commit.seconds, report.longest.seconds);
  }
  EXPECT_EQ(report.total.raw_bytes, 3 * raw_bytes);
  if (!has_python()) return;
  const std::string begin = std::to_string(3 * raw_bytes) + " ";
  const std::string stored = std::to_string(report.total.stored_bytes);
  const std::string end =
      " " + stored + " 3 " + std::to_string(file.size()) + " [(1, 'a', 0), (2, 'a', 1), (3, 'a', 2)] True True";
  if (is_collective()) {  // what the file grew by, metadata included
    EXPECT_TRUE(found.starts_with(begin) && found.ends_with(end)) << found;
  } else {
    EXPECT_EQ(found, begin + stored + end);
  }
}

TEST(Report, NamesTheRankThatWorked) {
  TestFile file({.report = {.lines = true}});
  auto run = file.run("a");
  const Index large{64, 64, 64};
  auto field = run.field<double>("u", Grid{large}, {.chunk = large});
  auto step = run.step(0);
  step.put(field, all_on(large, file.size(), file.size() - 1));
  step.raw().commit();
  step.keep_book();
  const bool says_so = file.raw().explain().find("; 1 request of ") != std::string::npos;
  EXPECT_EQ(says_so, !is_collective() && file.rank() == file.size() - 1) << file.raw().explain();
  file.close();
  const Report report = file.raw().report();
  if (file.rank() > 0) return;
  ASSERT_EQ(report.commits.size(), 1U);
  expect_sound(report.commits[0], file.size());
  EXPECT_EQ(report.commits[0].ranks_that_wrote, 1);
  if (is_collective()) return;  // its ranks work together
  EXPECT_EQ(report.commits[0].slowest.rank, file.size() - 1);
  EXPECT_EQ(report.total.slowest.rank, file.size() - 1);
  if (file.size() > 1) {
    EXPECT_GT(report.commits[0].slowest.imbalance, 1.5);
  }
}

/// Of all ranks together, and of the one that writes the smallest ones.
TEST(Report, SaysHowLargeRequestsAre) {
  TestFile file({.report = {.summary = true}});
  auto run = file.run("a");
  const Index wide{64 * file.size(), 8, 8};
  auto field = run.field<double>("u", Grid{wide}, {.fill = 0.0, .chunk = {8, 8, 8}, .codec = tessera::Codec::none()});
  for (const std::int64_t planes : {64, 48}) {  // of the last rank; the others have 64
    Blocks blocks = slabs(wide, file.size());
    tessera::Box& last = blocks.back().at(0);
    last.upper[0] = last.lower[0] + planes;
    auto step = run.step(static_cast<double>(64 - planes));
    step.put(field, blocks);
    step.commit();
  }
  file.close();
  const Report report = file.raw().report();
  if (file.rank() > 0 || is_collective()) return;
  ASSERT_EQ(report.commits.size(), 2U);
  constexpr std::uint64_t plane = 8 * 8 * sizeof(double);
  const auto ranks = static_cast<std::uint64_t>(file.size());
  const auto& [first, second] = std::pair(report.commits[0].requests, report.commits[1].requests);
  EXPECT_EQ(first.mean, 64 * plane) << "one request of each rank";
  EXPECT_EQ(first.smallest_mean, 64 * plane);
  EXPECT_EQ(second.mean, (64 * (ranks - 1) + 48) * plane / ranks);
  EXPECT_EQ(second.smallest_mean, 48 * plane);
  EXPECT_EQ(report.total.requests.mean, (64 * (2 * ranks - 1) + 48) * plane / (2 * ranks));
  EXPECT_EQ(report.total.requests.smallest_mean, 48 * plane);
}

TEST(Report, CountsWhatSucceeds) {
  TestFile file({.report = {.summary = true}});
  auto run = file.run("a");
  auto field = run.field<double>("u", Grid{shape}, {.chunk = chunk});
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size()));
    if (n == 1 && file.rank() == file.size() - 1) step.put_box(field, {{0, 0, 0}, {1, 1, 1}});
    if (n == 1) {
      EXPECT_THROW(step.commit(), tessera::Error) << "a cell is put twice";
    } else {
      step.commit();
    }
  }
  auto fixed = run.field<double>("fixed", Grid{shape}, {.time_dependent = false});
  auto statics = run.statics();
  statics.put(fixed, slabs(shape, file.size()));
  statics.commit();
  file.close();  // what is in flight comes in
  const Report report = file.raw().report();
  if (file.rank() > 0) return;
  ASSERT_EQ(report.commits.size(), 3U);
  EXPECT_EQ(report.commits[1].step, 1);
  EXPECT_EQ(report.commits[2].step, -1);
}

TEST(Report, HasStepsThatDoNotWaitWhenTheyAreInTheFile) {
  TestFile file({.report = {.summary = true}});
  auto run = file.run("a");
  auto field = run.field<double>("u", Grid{shape}, {.chunk = chunk});
  for (int n = 0; n < 4; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size()));
    step.raw().commit_async();
    step.keep_book();
  }
  file.close();
  const Report report = file.raw().report();
  if (file.rank() > 0) return;
  ASSERT_EQ(report.commits.size(), 4U);
  for (int n = 0; n < 4; ++n) {
    const CommitReport& commit = report.commits[static_cast<std::size_t>(n)];
    EXPECT_EQ(commit.step, n);
    EXPECT_EQ(commit.raw_bytes, raw_bytes);
    EXPECT_GT(commit.seconds, 0);
    EXPECT_GT(commit.stored_bytes, 0U);
    if (!is_collective()) {
      EXPECT_GE(commit.requests.count, 1U);
    }
  }
}

TEST(Report, IsLeftOutWhereNobodyWantsIt) {
  const std::string path = fresh_directory() + "/file.h5";
  const auto commits = [&](const tessera::ReportOptions& options) {
    SmallFile file(path, {.overwrite = true, .report = options});
    file.commit();
    file.writer().close();
    return file.writer().report().commits.size();
  };
  EXPECT_EQ(commits({.measure = false, .summary = true, .file = true}), 0U);
  EXPECT_FALSE(std::filesystem::exists(report_file(path)) && world_rank() > 0);
  EXPECT_EQ(commits({}), world_rank() == 0 && !is_collective() ? 1U : 0U);
  EXPECT_EQ(commits({.lines = true}), world_rank() == 0 ? 1U : 0U);
}

TEST(Report, EnvironmentDecides) {
  const std::string path = fresh_directory() + "/a \"quoted\"\\name\t.h5";
  ASSERT_EQ(::setenv("TESSERA_REPORT", "lines,file", 1), 0);
  {
    SmallFile file(path, {.overwrite = true, .report = {.measure = false}});
    file.commit();
    file.writer().close();
  }
  const std::string found = python(
      "import json\nr = json.load(open(sys.argv[1] + '.report.json'))\n"
      "print(r['path'] == sys.argv[1], len(r['commits']), sorted(r['total']['mean']))",
      path);
  if (has_python()) {
    EXPECT_EQ(found, "True 1 ['agree', 'encode', 'exchange', 'place', 'plan', 'publish', 'sync', 'write']");
  }
  for (const char* wrong : {"line", "lines,none", "lines;file"}) {
    ASSERT_EQ(::setenv("TESSERA_REPORT", wrong, 1), 0);
    expect_error({tessera::ErrorCode::invalid_argument, {"TESSERA_REPORT", wrong, "summary"}},
                 [&] { const tessera::Writer writer(MPI_COMM_WORLD, path, {.overwrite = true}); });
  }
  ASSERT_EQ(::unsetenv("TESSERA_REPORT"), 0);
}

TEST(Report, AFileThatCannotBeWrittenIsNoError) {
  const std::string path = fresh_directory() + "/file.h5";
  on_first_rank([&] { std::filesystem::create_directory(report_file(path)); });
  SmallFile file(path, {.overwrite = true, .report = {.file = true}});
  file.commit();
  EXPECT_NO_THROW(file.writer().close());
  EXPECT_EQ(SmallFile::steps_in(path), has_python() ? 1 : -1);
}

TEST(Report, OfManyCommitsKeepsTheLast) {
  const std::string path = fresh_directory() + "/file.h5";
  if (is_collective()) GTEST_SKIP() << "its commits are slow";
  SmallFile file(path, {.overwrite = true});
  constexpr int commits = 2100;
  for (int n = 0; n < commits; ++n) file.commit();
  file.writer().close();
  const Report report = file.writer().report();
  if (world_rank() > 0) return;
  EXPECT_EQ(report.total.number, commits);
  ASSERT_EQ(report.commits.size(), Report::max_commits);
  EXPECT_EQ(report.commits.front().number, commits - 999);
  EXPECT_EQ(report.commits.back().number, commits);
}
