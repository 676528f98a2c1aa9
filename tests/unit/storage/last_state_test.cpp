#include "storage/last_state.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <filesystem>
#include <vector>

#include <tessera/error.hpp>

namespace tessera::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mega = 1 << 20;

/// A file of 10,000 bytes with a superblock, its end one MiB behind.
struct LastStateTest : testing::Test {
  LastStateTest() : path(::testing::TempDir() + "tessera_last_state_test") {
    fs::remove(path);
    file = create_file(path);
    state.emplace(*file);
    const std::vector<std::byte> content(10000, std::byte{7});
    file->write(0, content);
    state->wrote_superblock(std::span(content).first(48));
    state->reach(content.size(), mega);
  }
  std::string found() {
    try {
      state->require();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  void expect_found(const std::string& words) { EXPECT_NE(found().find(words), std::string::npos) << found(); }

  std::string path;
  std::unique_ptr<File> file;
  std::optional<LastState> state;
};

TEST_F(LastStateTest, IsFoundAsItWasLeft) {
  EXPECT_EQ(found(), "");
  EXPECT_EQ(fs::file_size(path), mega);
  state->cut(10000);
  EXPECT_EQ(found(), "");
  EXPECT_EQ(fs::file_size(path), 10000u);
}

TEST_F(LastStateTest, CutOff) {
  fs::resize_file(path, 20000);  // behind the content, but somebody did it
  expect_found("was truncated to 20000 of 1048576 bytes");
  EXPECT_THROW(state->cut(10000), Error);
  EXPECT_EQ(fs::file_size(path), 20000u);
}

TEST_F(LastStateTest, CutOffAndMadeLongerAgain) {
  for (const std::uint64_t end : {48u, 5000u, 20000u, 1048575u}) {
    fs::resize_file(path, end);
    fs::resize_file(path, 2 * mega);
    expect_found("was changed: truncated and extended again");
    file->write(mega - 8, std::as_bytes(std::span("tessera\n", 8)));
    EXPECT_EQ(found(), "");
  }
}

TEST_F(LastStateTest, AnotherSuperblock) {
  file->write(20, std::vector<std::byte>{std::byte{8}});
  expect_found("another superblock");
  state->forget_superblock();
  EXPECT_EQ(found(), "");
}

TEST_F(LastStateTest, WhatWasCutOffIsNotCoveredUp) {
  fs::resize_file(path, 5000);
  fs::resize_file(path, mega);
  EXPECT_THROW(state->reach(10000, 3 * mega), Error);
  expect_found("was changed: truncated and extended again");
}

TEST_F(LastStateTest, WritesOverTheMark) {
  const std::vector<std::byte> much(2 * mega, std::byte{7});
  state->writes_begin();
  file->write(10000, much);
  EXPECT_EQ(found(), "") << "the length alone counts until the end is known";
  state->writes_end(10000 + much.size());
  EXPECT_EQ(found(), "");
  state->reach(10000 + much.size(), 3 * mega);
  EXPECT_EQ(found(), "");
  fs::resize_file(path, 20000);
  fs::resize_file(path, 4 * mega);
  expect_found("was changed: truncated and extended again");
}

TEST_F(LastStateTest, FailedWritesOverTheMark) {
  const std::vector<std::byte> much(2 * mega, std::byte{7});
  state->writes_begin();
  file->write(10000, much);
  state->writes_begin();  // the next try is a small one
  state->writes_end(20000);
  EXPECT_EQ(found(), "");
  state->reach(20000, mega);
  EXPECT_EQ(found(), "");
}

TEST_F(LastStateTest, BelowALimitOnFileSizesThereIsNoMark) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit now = before;
  now.rlim_cur = 2 * mega;
  ::setrlimit(RLIMIT_FSIZE, &now);
  EXPECT_NO_THROW(state->reach(10000, 3 * mega));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(fs::file_size(path), mega);
  EXPECT_EQ(found(), "");
}

}  // namespace
}  // namespace tessera::storage
