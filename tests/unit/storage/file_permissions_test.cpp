#include "storage/file_permissions.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tessera::storage {
namespace {

namespace fs = std::filesystem;

/// The file that is replaced belongs to a group that an ordinary user is not in: what the group could do, everybody
/// else in the user's group could do now.
TEST(OwnershipTest, AGroupThatCannotBeKeptLosesItsRights) {
  if (::geteuid() != 0) GTEST_SKIP() << "takes root, to become somebody else";
  constexpr uid_t somebody = 54321;
  const std::string directory = ::testing::TempDir() + "tessera_ownership_test";
  fs::remove_all(directory);
  fs::create_directory(directory);
  EXPECT_EQ(::chown(directory.c_str(), somebody, somebody), 0);
  const std::pair<mode_t, mode_t> modes[] = {{0660, 0600}, {0664, 0644}, {0640, 0600}, {02770, 0700}, {0644, 0644}};
  for (const auto& [before, after] : modes) {
    const std::string old = directory + "/old";
    const std::string fresh = directory + "/new";
    std::ofstream(old) << "old";
    EXPECT_EQ(::chown(old.c_str(), somebody, 12345), 0);
    EXPECT_EQ(::chmod(old.c_str(), before), 0);
    EXPECT_EQ(::setegid(somebody), 0);
    EXPECT_EQ(::seteuid(somebody), 0);
    const int descriptor = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL, 0666);
    EXPECT_NO_THROW(adopt_ownership(descriptor, old, old));
    EXPECT_EQ(::seteuid(0), 0);
    EXPECT_EQ(::setegid(0), 0);
    struct stat status {};
    EXPECT_EQ(::fstat(descriptor, &status), 0);
    EXPECT_EQ(status.st_mode & 07777, after) << "from " << std::oct << before;
    EXPECT_EQ(status.st_gid, somebody);
    ::close(descriptor);
    fs::remove(fresh);
    fs::remove(old);
  }
  fs::remove_all(directory);
}

TEST(OwnershipTest, NothingIsTakenOverFromNothing) {
  const std::string path = ::testing::TempDir() + "tessera_ownership_test_alone";
  fs::remove(path);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0604);
  EXPECT_NO_THROW(adopt_ownership(descriptor, path + ".missing", path));
  struct stat status {};
  EXPECT_EQ(::fstat(descriptor, &status), 0);
  EXPECT_EQ(status.st_mode & 07777, mode_t{0604});
  ::close(descriptor);
  fs::remove(path);
}

}  // namespace
}  // namespace tessera::storage
