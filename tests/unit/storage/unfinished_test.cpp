#include "storage/unfinished.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

#include <tessera/error.hpp>

#include "storage/local.hpp"
#include "storage/stale_files.hpp"

namespace tessera::storage {
namespace {

namespace fs = std::filesystem;

std::string fresh_directory() {
  const std::string directory =
      ::testing::TempDir() + "tessera_" + testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(directory);
  fs::create_directory(directory);
  return directory;
}

std::set<std::string> entries(const std::string& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename().string());
  return names;
}

Place place(const std::string& path) { return {path, path}; }

TEST(UnfinishedTest, LiesBesideUntilItIsPublished) {
  const std::string directory = fresh_directory();
  Unfinished unfinished(place(directory + "/x.h5"));
  EXPECT_EQ(entries(directory).size(), 1u);
  EXPECT_FALSE(fs::exists(directory + "/x.h5"));
  EXPECT_EQ(fs::path(unfinished.path()).parent_path(), directory);
  unfinished.publish(false);
  EXPECT_EQ(entries(directory), std::set<std::string>{"x.h5"});
}

TEST(UnfinishedTest, IsRemovedWhereItIsNotPublished) {
  const std::string directory = fresh_directory();
  { const Unfinished unfinished(place(directory + "/x.h5")); }
  EXPECT_EQ(entries(directory), std::set<std::string>{});
}

TEST(UnfinishedTest, OnlyTheOwnFileIsRemoved) {
  const std::string directory = fresh_directory();
  std::string name;
  {
    Unfinished unfinished(place(directory + "/x.h5"));
    name = unfinished.path();
    fs::remove(name);
    std::ofstream(name) << "somebody else's";
    unfinished.withdraw();
  }
  EXPECT_TRUE(fs::exists(name));
}

TEST(UnfinishedTest, ManyMayMakeFilesOfOneName) {
  const std::string directory = fresh_directory();
  Unfinished one(place(directory + "/x.h5"));
  Unfinished other(place(directory + "/x.h5"));
  EXPECT_NE(one.path(), other.path());
  one.publish(false);
  EXPECT_THROW(other.publish(false), Error);
  other.publish(true);
  EXPECT_EQ(entries(directory), std::set<std::string>{"x.h5"});
}

/// The name of an unfinished file is short, whatever the file's.
TEST(UnfinishedTest, FitsWhereTheNameDoes) {
  const std::string directory = fresh_directory();
  Unfinished unfinished(place(directory + "/" + std::string(255, 'x')));
  unfinished.publish(false);
  EXPECT_LT(unfinished_name("x").size(), 40u);
}

/// A file as a killed job leaves it.
std::string leave_stale_file(const std::string& path, int seconds_ago) {
  const std::string name = (fs::path(path).parent_path() / unfinished_name(path)).string();
  std::ofstream(name) << "unfinished";
  fs::last_write_time(name, fs::file_time_type::clock::now() - std::chrono::seconds(seconds_ago));
  return name;
}

TEST(StaleFilesTest, OfKilledJobsAreRemovedByTheNextOne) {
  const std::string directory = fresh_directory();
  const int descriptor = ::open(directory.c_str(), O_RDONLY);
  if (!is_local(descriptor)) GTEST_SKIP() << "not on a file system of this machine alone";
  ::close(descriptor);
  const std::string old = leave_stale_file(directory + "/x.h5", 3600);
  const std::string young = leave_stale_file(directory + "/x.h5", 5);
  const std::string of_another = leave_stale_file(directory + "/y.h5", 3600);
  const std::string locked = leave_stale_file(directory + "/x.h5", 3600);
  const int lock = ::open(locked.c_str(), O_RDONLY);
  ::flock(lock, LOCK_SH);
  const std::string directory_of_that_name = leave_stale_file(directory + "/x.h5", 3600);
  fs::remove(directory_of_that_name);
  fs::create_directory(directory_of_that_name);
  { const Unfinished unfinished(place(directory + "/x.h5")); }
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young)) << "somebody may be about to lock it";
  EXPECT_TRUE(fs::exists(of_another));
  EXPECT_TRUE(fs::exists(locked)) << "somebody makes it";
  EXPECT_TRUE(fs::exists(directory_of_that_name));
  ::close(lock);
}

}  // namespace
}  // namespace tessera::storage
