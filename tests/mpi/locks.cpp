#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "support/outside.hpp"

/// \file
/// The lock of the file while it is written: readers come in, who wants to write and asks HDF5's way is kept out.

using namespace tessera_test;

namespace {

namespace fs = std::filesystem;

std::string locked_path() { return fresh_directory() + "/file.h5"; }

/// Has the system a lock of that kind on the file? As lslocks(8) shows it.
bool has_lock(const std::string& path, const std::string& kind) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  std::ostringstream number;
  number << std::hex << std::setfill('0') << std::setw(2) << major(status.st_dev) << ':' << std::setw(2)
         << minor(status.st_dev) << ':' << std::dec << status.st_ino;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find(number.str()) != std::string::npos && line.find(kind) != std::string::npos) return true;
  }
  return false;
}

const std::string reader_lock = "FLOCK  ADVISORY  READ";

TEST(Lock, IsThatOfAReaderUntilTheEnd) {
  const std::string path = locked_path();
  SmallFile file(path);
  on_first_rank([&] { EXPECT_TRUE(has_lock(path, reader_lock)); });
  file.commit();
  on_first_rank([&] { EXPECT_TRUE(has_lock(path, reader_lock)); });
  file.writer().close();
  on_first_rank([&] { EXPECT_FALSE(has_lock(path, "FLOCK")); });
}

TEST(Lock, LetsReadersInAndKeepsWritersOut) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = locked_path();
  SmallFile file(path);
  file.commit();
  for (int n = 2; n < 5; ++n) {
    EXPECT_EQ(SmallFile::steps_in(path), n - 1);
    for (const std::string mode : {"r+", "a"}) {
      const std::string answer = python("h5py.File(sys.argv[1], '" + mode + "')", path);
      EXPECT_NE(answer.find("unable to lock file"), std::string::npos) << answer;
    }
    file.commit();
  }
  file.writer().close();
  EXPECT_EQ(SmallFile::steps_in(path), 4);
  EXPECT_EQ(python("h5py.File(sys.argv[1], 'r+').attrs['later'] = 1", path), "");
}

/// A child of fork() has the descriptor, and so a part in the lock, as long as it lives; one that unwinds or ends must
/// not give up its parent's.
TEST(Lock, IsTheWritersNotItsChildrens) {
  const std::string path = locked_path();
  SmallFile file(path);
  pid_t sleeper = 0;
  on_first_rank([&] {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(has_lock(path, reader_lock)) << "a child that ended took the lock away";
    sleeper = ::fork();
    if (sleeper == 0) {
      ::sleep(60);
      ::_exit(0);
    }
  });
  file.commit();
  file.writer().close();
  on_first_rank([&] {
    EXPECT_FALSE(has_lock(path, "FLOCK")) << "a child keeps the lock of a file that was closed";
    ::kill(sleeper, SIGKILL);
    ::waitpid(sleeper, nullptr, 0);
  });
}

/// A program that was started has none of its descriptors.
TEST(Lock, IsNotInheritedByPrograms) {
  const std::string path = locked_path();
  SmallFile file(path);
  on_first_rank([&] {
    const std::string command =
        "ls -l /proc/self/fd | grep -c '" + fs::absolute(path).string() + "' > " + path + ".count";
    EXPECT_NE(std::system(command.c_str()), -1);
    std::ifstream count(path + ".count");
    int found = -1;
    count >> found;
    EXPECT_EQ(found, 0);
  });
  file.writer().close();
}

TEST(Lock, IsLeftOutWhereHdf5IsToldToDoWithout) {
  const std::string path = locked_path();
  ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
  SmallFile file(path);
  ::unsetenv("HDF5_USE_FILE_LOCKING");
  on_first_rank([&] { EXPECT_FALSE(has_lock(path, "FLOCK")); });
  file.commit();
  file.writer().close();
}

/// Replacing a file asks nobody: a reader keeps what it opened.
TEST(Lock, OfAReaderDoesNotStopOverwrite) {
  if (is_collective()) return;  // stock HDF5 empties the file under the reader
  const std::string path = locked_path();
  {
    SmallFile old(path);
    old.commit();
    old.writer().close();
  }
  on_first_rank([&] {
    std::ofstream(path + ".sh") << "exec 9<'" + path + "'; flock -s 9; echo > '" + path +
                                       ".held'; "
                                       "while [ -e '" +
                                       path + ".held' ]; do sleep 0.02; done; cksum <&9 > '" + path + ".sum'";
    EXPECT_NE(std::system(("cksum < '" + path + "' > '" + path + ".before'; sh '" + path + ".sh' &").c_str()), -1);
    for (int i = 0; i < 500 && !fs::exists(path + ".held"); ++i) ::usleep(20000);
  });
  SmallFile file(path);
  file.commit();
  on_first_rank([&] { fs::remove(path + ".held"); });
  file.commit();
  file.writer().close();
  on_first_rank([&] {
    const auto text = [](const std::string& name) {
      std::ifstream stream(name);
      return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    for (int i = 0; i < 500 && text(path + ".sum").empty(); ++i) ::usleep(20000);
    EXPECT_EQ(text(path + ".sum"), text(path + ".before"));
  });
  if (has_python()) {
    EXPECT_EQ(SmallFile::steps_in(path), 2);
  }
}

}  // namespace
