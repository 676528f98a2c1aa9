#include "pipeline/node_output.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "pipeline/space_ahead.hpp"

namespace tessera::pipeline {
namespace {

using storage::FileSystem;
using storage::Reach;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

TEST(NodeOutput, BlocksAreThoseOfFileSystemsThatLockThem) {
  EXPECT_EQ(block_of(FileSystem{1, "GPFS", Reach::parallel, 4 * mebibyte}, {}), 4 * mebibyte);
  EXPECT_EQ(block_of(FileSystem{1, "ext4", Reach::local, 4 * mebibyte}, {}), no_blocks);
  EXPECT_EQ(block_of(FileSystem{1, "NFS", Reach::shared, mebibyte}, {}), no_blocks);
  EXPECT_EQ(block_of(FileSystem{1, "CephFS", Reach::parallel, 4 * mebibyte}, {}), no_blocks);
  EXPECT_EQ(block_of({}, {}), no_blocks);
}

TEST(NodeOutput, BlocksOfUnlikelySizesAreNone) {
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{4096}, 32 * mebibyte, mebibyte + 4}) {
    EXPECT_EQ(block_of(FileSystem{1, "GPFS", Reach::parallel, bytes}, {}), no_blocks) << bytes;
  }
}

TEST(NodeOutput, BlocksOnLustreAreStripes) {
  const FileSystem lustre{1, "Lustre", Reach::parallel, 4096};
  EXPECT_EQ(block_of(lustre, {4, 4 * mebibyte}), 4 * mebibyte);
  EXPECT_EQ(block_of(lustre, {}), mebibyte) << "where nobody said";
}

TEST(NodeOutput, NoFileSystemIsWrittenToInTurnsUnasked) {
  for (const Reach reach : {Reach::local, Reach::shared, Reach::parallel, Reach::unknown}) {
    EXPECT_EQ(usual_writers(FileSystem{1, "any", reach, 4096}), 0u);
  }
  unsetenv("TESSERA_WRITERS_PER_NODE");
  EXPECT_EQ(writers_per_node(), std::nullopt);
  setenv("TESSERA_WRITERS_PER_NODE", "3", 1);
  EXPECT_EQ(writers_per_node(), 3u);
  unsetenv("TESSERA_WRITERS_PER_NODE");
}

}  // namespace
}  // namespace tessera::pipeline
