#include "storage/sole_user.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <thread>

#include "storage/file.hpp"
#include "storage/local.hpp"
#include "storage/shared_opening.hpp"

namespace tessera::storage {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Does the kernel tell who has a file open? Asked without the library, as far as that asks at all.
bool kernel_tells(const std::string& path) {
#if defined(F_SETLEASE) && defined(F_SETSIG)
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const bool tells = is_local(descriptor) && ::fcntl(descriptor, F_SETLEASE, F_WRLCK) == 0 &&
                     ::fcntl(descriptor, F_SETLEASE, F_UNLCK) == 0;
  ::close(descriptor);
  std::filesystem::remove(path);
  std::ifstream systems("/proc/filesystems");
  return tells &&
         std::find(std::istream_iterator<std::string>(systems), {}, "nfsd") == std::istream_iterator<std::string>();
#else
  return path.empty();
#endif
}

/// A file of which the kernel tells who has it open; elsewhere the tests are skipped.
struct SoleUserTest : ::testing::Test {
  std::string path = ::testing::TempDir() + "sole_user_test." + std::to_string(::getpid());
  std::unique_ptr<File> file;

  void SetUp() override {
    std::filesystem::remove(path);
    file = create_file(path);
    file->write(0, std::as_bytes(std::span("0123456789abcdef")));
    file->readers_noticed();
    if (!kernel_tells(path + ".other"))
      GTEST_SKIP() << path << " is where the kernel does not tell who has a file open";
    ASSERT_TRUE(is_alone());
  }
  void TearDown() override { std::filesystem::remove(path); }

  bool is_alone() { return file->is_alone_by({}); }
  int open() const { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }
};

TEST_F(SoleUserTest, WhoHasTheFileOpenCountsBeforeItsFirstReadToo) {
  const int reader = open();
  EXPECT_FALSE(is_alone());
  char byte = 0;
  EXPECT_EQ(::pread(reader, &byte, 1, 0), 1);
  EXPECT_FALSE(is_alone());
  ::close(reader);
  EXPECT_TRUE(is_alone());
}

TEST_F(SoleUserTest, AMappedFileIsOpen) {
  const int reader = open();
  void* mapped = ::mmap(nullptr, 16, PROT_READ, MAP_SHARED, reader, 0);
  ::close(reader);
  EXPECT_FALSE(is_alone());
  ::munmap(mapped, 16);
  EXPECT_TRUE(is_alone());
}

TEST_F(SoleUserTest, EachOfSeveralReadersCounts) {
  const int one = open();
  const int other = open();
  ::close(one);
  EXPECT_FALSE(is_alone());
  ::close(other);
  EXPECT_TRUE(is_alone());
}

TEST_F(SoleUserTest, AskingIsNoUseThatIsNoticed) {
  file->readers_noticed();
  EXPECT_TRUE(is_alone());
  EXPECT_FALSE(file->readers_noticed());
}

TEST_F(SoleUserTest, WaitsForTheReaderToCloseAndNoLonger) {
  const int reader = open();
  const auto begin = Clock::now();
  EXPECT_FALSE(file->is_alone_by(begin + milliseconds(20)));
  EXPECT_GE(Clock::now() - begin, milliseconds(20));
  std::thread closes([&] {
    std::this_thread::sleep_for(milliseconds(50));
    ::close(reader);
  });
  EXPECT_TRUE(file->is_alone_by(Clock::now() + std::chrono::minutes(1)));
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(30));
  closes.join();
  EXPECT_TRUE(file->readers_noticed()) << "what came before the wait";
}

/// Who opens the file in the moment of a question is let in, and ends neither program by a signal.
TEST_F(SoleUserTest, WhoOpensTheFileWhileItIsAskedIsLetIn) {
  const pid_t child = ::fork();
  if (child == 0) {
    file.reset();
    for (int i = 0; i < 3000; ++i) {
      const int reader = ::open(path.c_str(), O_RDONLY);
      if (reader < 0) ::_exit(1);
      ::close(reader);
    }
    ::_exit(0);
  }
  int status = 0;
  std::size_t alone = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) alone += is_alone() ? 1 : 0;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_GT(alone, 0u);
  EXPECT_TRUE(is_alone());
}

/// An opening that processes share is one.
TEST_F(SoleUserTest, WhoSharesTheOpeningDoesNotCount) {
  const auto other = open_file(path);
  EXPECT_FALSE(is_alone());
  const OpeningGiver giver(path);
  const OpeningTaker taker(path);
  file->give_opening(giver);
  other->take_opening(taker);
  EXPECT_TRUE(is_alone());
  other->write(4, std::as_bytes(std::span("xy")));
  std::array<char, 17> text{};
  file->read(0, std::as_writable_bytes(std::span(text)));
  EXPECT_EQ(text[4], 'x');
  other->close();
  EXPECT_TRUE(is_alone());
}

TEST_F(SoleUserTest, WhoIsGivenNothingKeepsItsOwnOpening) {
  const auto other = open_file(path);
  other->take_opening(OpeningTaker(path));  // nobody listens
  const OpeningGiver giver(path);
  other->take_opening(OpeningTaker(path));  // who listens has not given
  const std::string elsewhere = path + ".elsewhere";
  const auto foreign = create_file(elsewhere);
  const OpeningTaker taker(path);
  foreign->give_opening(giver);  // another file
  other->take_opening(taker);
  std::array<char, 4> text{};
  other->read(0, std::as_writable_bytes(std::span(text)));
  EXPECT_EQ(std::string(text.data(), 4), "0123");
  EXPECT_FALSE(is_alone());
  std::filesystem::remove(elsewhere);
}

TEST(SoleUserElsewhereTest, WhereNothingCanBeKnownItIsNotAloneAndDoesNotWait) {
  const int descriptor = ::open("/proc/self/stat", O_RDONLY);
  ReaderWatch watch(descriptor);
  SoleUser user(descriptor);
  const auto begin = Clock::now();
  EXPECT_FALSE(user.is_alone_by(begin + std::chrono::minutes(1), watch));
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(30));
  ::close(descriptor);
}

}  // namespace
}  // namespace tessera::storage
