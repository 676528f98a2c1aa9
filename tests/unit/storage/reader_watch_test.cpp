#include "storage/reader_watch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "storage/file.hpp"

namespace tessera::storage {
namespace {

/// A file that is watched, on a file system that allows it; else the tests are skipped.
struct ReaderWatchTest : ::testing::Test {
  std::string path = ::testing::TempDir() + "reader_watch_test." + std::to_string(::getpid());
  std::unique_ptr<File> file;

  void SetUp() override {
    std::filesystem::remove(path);
    file = create_file(path);
    file->write(0, std::as_bytes(std::span("0123456789abcdef")));
    EXPECT_TRUE(file->readers_noticed()) << "nothing is known before the first call";
    if (file->readers_noticed()) GTEST_SKIP() << path << " is on a file system that cannot be watched";
  }
  void TearDown() override { std::filesystem::remove(path); }
};

TEST_F(ReaderWatchTest, OwnWritesAndReadsAreNotNoticed) {
  std::array<std::byte, 8> bytes{};
  file->write(4, bytes);
  file->read(0, bytes);
  EXPECT_FALSE(file->readers_noticed());
}

TEST_F(ReaderWatchTest, AnOpenIsNoticedOnce) {
  const int other = ::open(path.c_str(), O_RDONLY);
  EXPECT_TRUE(file->readers_noticed());
  EXPECT_FALSE(file->readers_noticed());
  ::close(other);
}

TEST_F(ReaderWatchTest, AReadOfWhoOpenedEarlierIsNoticed) {
  const int other = ::open(path.c_str(), O_RDONLY);
  EXPECT_TRUE(file->readers_noticed());
  char byte = 0;
  EXPECT_EQ(::pread(other, &byte, 1, 0), 1);
  EXPECT_TRUE(file->readers_noticed());
  ::close(other);
}

TEST_F(ReaderWatchTest, AnOpenIsNotLostInAnOwnRead) {
  const int other = ::open(path.c_str(), O_RDONLY);
  std::array<std::byte, 8> bytes{};
  file->read(0, bytes);
  file->read(0, bytes);
  EXPECT_TRUE(file->readers_noticed());
  EXPECT_FALSE(file->readers_noticed());
  ::close(other);
}

TEST_F(ReaderWatchTest, TheFileIsWatchedUnderItsNewName) {
  const std::string renamed = path + ".renamed";
  std::filesystem::rename(path, renamed);
  path = renamed;
  EXPECT_FALSE(file->readers_noticed());
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  EXPECT_EQ(content.str().size(), 17u);
  EXPECT_TRUE(file->readers_noticed());
}

/// A child of fork() that unwinds shares all descriptors with its parent.
TEST_F(ReaderWatchTest, AChildThatLetsGoTakesNothingAway) {
  const int other = ::open(path.c_str(), O_RDONLY);
  const pid_t child = ::fork();
  if (child == 0) {
    file->readers_noticed();
    file.reset();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(file->readers_noticed()) << "what the parent had not seen yet";
  EXPECT_FALSE(file->readers_noticed());
  ::close(::open(path.c_str(), O_RDONLY));
  EXPECT_TRUE(file->readers_noticed()) << "what came later";
  EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0) << "the parent's lock is gone";
  ::close(other);
}

TEST(ReaderWatchElsewhereTest, WhereNothingCanBeKnownThereMayBeReaders) {
  const int descriptor = ::open("/proc/self/stat", O_RDONLY);
  ReaderWatch watch(descriptor);
  EXPECT_TRUE(watch.noticed());
  EXPECT_TRUE(watch.noticed());
  ::close(descriptor);
}

}  // namespace
}  // namespace tessera::storage
