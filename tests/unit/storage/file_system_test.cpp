#include "storage/file_system.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "storage/local.hpp"

namespace tessera::storage {
namespace {

TEST(FileSystem, OfMemory) {
  if (!std::filesystem::is_directory("/dev/shm")) GTEST_SKIP() << "no /dev/shm";
  const FileSystem system = file_system_of(std::string("/dev/shm"));
  EXPECT_EQ(system.name, "tmpfs");
  EXPECT_EQ(system.reach, Reach::local);
  EXPECT_GE(system.block_bytes, 512u);
  EXPECT_EQ(to_string(system), "tmpfs");
}

TEST(FileSystem, OfAnOpenFileAndOfItsPathIsOne) {
  const std::string directory = ::testing::TempDir();
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(file_system_of(descriptor).type, file_system_of(directory).type);
  EXPECT_EQ(is_local(descriptor), file_system_of(directory).reach == Reach::local);
  ::close(descriptor);
}

TEST(FileSystem, OfNothingIsNotKnown) {
  EXPECT_EQ(file_system_of(-1).reach, Reach::unknown);
  EXPECT_EQ(file_system_of(std::string("/nowhere/at/all")).type, 0u);
  EXPECT_EQ(to_string(file_system_of(-1)), "a file system that tells nothing");
  FileSystem other;
  other.type = 0x1234;
  EXPECT_EQ(to_string(other), "a file system of type 0x1234");
}

TEST(FileSystem, GoesAsOneWord) {
  for (const std::uint32_t type : {0xEF53u, 0xF2F52010u, 0x1234u, 0u}) {
    FileSystem system = file_system_of_type(type);
    system.block_bytes = 3u << 20;
    const FileSystem told = file_system_of_word(to_word(system));
    EXPECT_EQ(told.type, type);
    EXPECT_EQ(told.name, system.name);
    EXPECT_EQ(told.reach, system.reach);
    EXPECT_EQ(told.block_bytes, 3u << 20);
  }
  FileSystem wide;
  wide.block_bytes = std::uint64_t{1} << 40;
  EXPECT_EQ(file_system_of_word(to_word(wide)).block_bytes, UINT32_MAX);
}

}  // namespace
}  // namespace tessera::storage
