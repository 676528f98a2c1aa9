#include <gtest/gtest.h>

#include <algorithm>

#include "tools/bench/advice.hpp"

using namespace tessera::tools;

namespace {

BenchRow row(std::size_t chunk_bytes, bool is_compressed, double seconds) {
  BenchRow row{"", false, is_compressed, chunk_bytes, seconds, is_compressed ? 2.0 : 1.0};
  row.typical.mean.encode = 0.6 * seconds;
  row.typical.mean.write = 0.3 * seconds;
  return row;
}

/// Chunks of 256 KiB and 1 MiB, and no compression.
BenchResults results(double small_chunks, double usual, double plain) {
  BenchResults results{".", 4, 1, 1, 64 << 20, 3};
  results.rows = {row(1 << 18, true, small_chunks), row(1 << 20, true, usual), row(1 << 20, false, plain)};
  results.small_commit_seconds = 0.001;
  return results;
}

bool says(const BenchResults& results, const std::string& words) {
  return std::ranges::any_of(advice(results),
                             [&](const std::string& sentence) { return sentence.find(words) != std::string::npos; });
}

}  // namespace

TEST(Advice, NamesOtherChunksWhereTheyAreFaster) {
  EXPECT_TRUE(says(results(0.95, 1, 1), "the default, 1 MiB"));
  EXPECT_TRUE(says(results(0.5, 1, 1), "Options::chunk_bytes = 262144 is 2.0 times"));
}

TEST(Advice, SaysWhatCompressionCosts) {
  EXPECT_TRUE(says(results(1, 1, 1), "saves 50 %"));
  EXPECT_TRUE(says(results(1, 1, 0.25), "4.0 times as fast; with it files have 1/2.00"));
}

TEST(Advice, SaysWhatTheTimeGoesInto) {
  BenchResults slow = results(1, 1, 1);
  EXPECT_TRUE(says(slow, "encoding takes most"));
  for (BenchRow& row : slow.rows) row.typical.mean.sync = 5;
  EXPECT_TRUE(says(slow, "the file system takes most"));
  for (BenchRow& row : slow.rows) row.typical.mean.place = 50;
  EXPECT_TRUE(says(slow, "waiting for other ranks"));
}

TEST(Advice, NamesASlowRankAndStripesWhereThereIsSomethingToSay) {
  BenchResults found = results(1, 1, 1);
  EXPECT_FALSE(says(found, "slowest rank"));
  EXPECT_FALSE(says(found, "striping"));
  for (BenchRow& row : found.rows) row.typical.slowest = {3, "node7", 1, 1.5};
  found.striping = "new files lie on 1 storage target: lfs setstripe";
  EXPECT_TRUE(says(found, "rank 3 on node7 takes 1.5 times"));
  EXPECT_TRUE(says(found, "striping: new files lie on 1 storage target: lfs setstripe"));
}

TEST(Advice, WithoutCompressionIsOfTheRest) {
  BenchResults found = results(1, 1, 1);
  found.rows = {found.rows[2]};
  EXPECT_FALSE(says(found, "chunk bytes"));
  EXPECT_TRUE(says(found, "as long as 64 KiB take"));
}
