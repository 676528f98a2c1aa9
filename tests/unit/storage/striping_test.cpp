#include "storage/striping.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <string>

#include <tessera/error.hpp>

#include "fake_lustre.hpp"
#include "storage/file.hpp"

/// \file
/// What Lustre's library is asked for; another one plays it, on an ordinary file system.

namespace tessera::storage {
namespace {

struct StripingTest : ::testing::Test {
  const std::string path = ::testing::TempDir() + "striping_test." + std::to_string(::getpid());
  FakeLustre* lustre = nullptr;

  void SetUp() override {
    void* library = ::dlopen(TESSERA_TEST_FAKE_LUSTRE, RTLD_NOW);
    if (library != nullptr) lustre = static_cast<FakeLustre*>(::dlsym(library, "fake_lustre"));
    if (lustre == nullptr) GTEST_SKIP() << "the library that plays Lustre's cannot be loaded";
    *lustre = {};
    std::filesystem::remove(path);
  }
  void TearDown() override {
    if (lustre != nullptr) {
      EXPECT_EQ(lustre->layouts, 0) << "each layout is freed";
    }
    std::filesystem::remove(path);
  }
};

TEST_F(StripingTest, ANewFileGetsIt) {
  const auto file = create_file(path, {path, path}, {8, 1 << 20});
  EXPECT_EQ(lustre->created, 1);
  EXPECT_EQ(lustre->count, 8u);
  EXPECT_EQ(lustre->bytes, 1u << 20);
  file->write(0, std::as_bytes(std::span("text")));
  file->close();
  EXPECT_EQ(std::filesystem::file_size(path), 5u);
}

TEST_F(StripingTest, IsNotAskedForWhereNobodyWantsIt) {
  create_file(path)->close();
  EXPECT_EQ(lustre->created, 0);
}

TEST_F(StripingTest, WhereItFailsTheFileIsAsAnyOther) {
  lustre->can_create = false;
  create_file(path, {path, path}, {8})->close();
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(StripingTest, AFileThatIsThereIsRefusedAsEver) {
  create_file(path)->close();
  for (const bool can : {true, false}) {
    lustre->can_create = can;
    EXPECT_THROW(create_file(path, {path, path}, {8}), Error);
    EXPECT_TRUE(std::filesystem::exists(path));
  }
}

TEST_F(StripingTest, WhatTheDirectorySays) {
  const std::string directory = ::testing::TempDir();
  ExpectedStriping expected = expected_striping(directory);
  EXPECT_TRUE(expected.is_known);
  EXPECT_FALSE(expected.is_composite);
  EXPECT_EQ(expected.count, 1u);
  lustre->is_composite = true;
  EXPECT_TRUE(expected_striping(directory).is_composite);
  lustre->expected_count = 0x1000000000000002;
  EXPECT_EQ(expected_striping(directory).count, 0u);
  lustre->expected_count = 0x1000000000000003;
  EXPECT_EQ(expected_striping(directory).count, std::numeric_limits<std::uint64_t>::max());
  lustre->is_known = false;
  EXPECT_FALSE(expected_striping(directory).is_known);
}

}  // namespace
}  // namespace tessera::storage
