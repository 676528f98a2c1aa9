#include "storage/writer_lock.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "storage/local.hpp"

namespace tessera::storage {
namespace {

struct OpenFile {
  explicit OpenFile(const std::string& path) : descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~OpenFile() { ::close(descriptor); }
  int descriptor;
};

struct WriterLockTest : testing::Test {
  std::string path = testing::TempDir() + "writer_lock_test." + std::to_string(::getpid());
  OpenFile file{path};
  void SetUp() override {
    if (!is_local(file.descriptor)) GTEST_SKIP() << "needs a file system of one node for " << path;
  }
  void TearDown() override { ::unlink(path.c_str()); }
};

TEST_F(WriterLockTest, OneWriterAtATimeInOneProcessToo) {
  const OpenFile other(path);
  WriterLock first;
  WriterLock second;
  EXPECT_EQ(first.take(file.descriptor), LockState::held);
  EXPECT_EQ(second.take(other.descriptor), LockState::refused);
  first.release();
  EXPECT_EQ(second.take(other.descriptor), LockState::held);
}

TEST_F(WriterLockTest, ReadersAreNotInTheWay) {
  const OpenFile other(path);
  SharedLock reader;
  WriterLock writer;
  EXPECT_EQ(reader.take(other.descriptor), LockState::held);
  EXPECT_EQ(writer.take(file.descriptor), LockState::held);
  SharedLock own;
  EXPECT_EQ(own.take(file.descriptor), LockState::held);
}

TEST_F(WriterLockTest, AChildThatLivesOnDoesNotKeepItNorEndIt) {
  const OpenFile other(path);
  WriterLock writer;
  ASSERT_EQ(writer.take(file.descriptor), LockState::held);
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    writer.release();
    char byte = 0;
    ::close(pipe_ends[1]);
    static_cast<void>(!::read(pipe_ends[0], &byte, 1));
    ::_exit(0);
  }
  ::close(pipe_ends[0]);
  ::usleep(50000);
  WriterLock second;
  EXPECT_EQ(second.take(other.descriptor), LockState::refused) << "the child ended it";
  writer.release();
  EXPECT_EQ(second.take(other.descriptor), LockState::held) << "the child keeps it";
  ::close(pipe_ends[1]);
  ::waitpid(child, nullptr, 0);
}

TEST_F(WriterLockTest, NoneWhereTheUserWantsNone) {
  ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
  WriterLock writer;
  EXPECT_EQ(writer.take(file.descriptor), LockState::none);
  ::unsetenv("HDF5_USE_FILE_LOCKING");
}

}  // namespace
}  // namespace tessera::storage
