#include "storage/writer_mark.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace tessera::storage {
namespace {

using std::chrono::milliseconds;

struct WriterMarkTest : testing::Test {
  std::string path = testing::TempDir() + "writer_mark_test." + std::to_string(::getpid());
  std::string mark_path = path + ".tessera-writer";
  void TearDown() override { ::unlink(mark_path.c_str()); }

  bool has_mark() const { return std::filesystem::exists(mark_path); }
  std::string mark_text() const {
    std::ifstream file(mark_path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write_mark(const std::string& host, long process) const {
    std::ofstream(mark_path) << "host " << host << "\nprocess " << process << "\nsince then\nrenewals          0\n";
  }
  static std::string this_host() {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return name;
  }
  static pid_t process_that_has_ended() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return child;
  }
};

TEST_F(WriterMarkTest, SaysWhoWritesUntilItIsReleased) {
  WriterMark mark(path);
  EXPECT_EQ(mark.take(), "");
  EXPECT_NE(mark_text().find("host " + this_host() + "\nprocess " + std::to_string(::getpid())), std::string::npos);
  WriterMark second(path);
  EXPECT_EQ(second.take().find("process " + std::to_string(::getpid()) + " on " + this_host() + " since 20"), 0u);
  second.release();
  EXPECT_TRUE(has_mark()) << "it was not the second one's";
  mark.release();
  EXPECT_FALSE(has_mark());
  EXPECT_EQ(second.take(), "");
}

TEST_F(WriterMarkTest, OfAProcessThatHasEndedDoesNotCount) {
  write_mark(this_host(), process_that_has_ended());
  WriterMark mark(path);
  EXPECT_EQ(mark.take(), "");
  EXPECT_NE(mark_text().find("process " + std::to_string(::getpid())), std::string::npos);
}

TEST_F(WriterMarkTest, OfAProcessWhoseNumberIsUsedAgainDoesNotCount) {
  std::ofstream(mark_path) << "host " << this_host() << "\nprocess " << ::getppid() << "\nbegan 1\nsince then\n";
  EXPECT_EQ(WriterMark(path).take(), "");
}

TEST_F(WriterMarkTest, OfAnotherHostThatGivesNoSignDoesNotCount) {
  write_mark("elsewhere", 1);
  WriterMark mark(path);
  const auto begin = WriterMark::Clock::now();
  EXPECT_EQ(mark.take(milliseconds(300)), "");
  EXPECT_GE(WriterMark::Clock::now() - begin, milliseconds(300));
}

TEST_F(WriterMarkTest, OfAnotherHostThatIsRenewedCounts) {
  write_mark("elsewhere", 17);
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(200));
    std::ofstream(mark_path) << "host elsewhere\nprocess 17\nsince then\nrenewals          1\n";
  });
  WriterMark mark(path);
  EXPECT_EQ(mark.take(milliseconds(5000)), "process 17 on elsewhere since then");
  other.join();
}

TEST_F(WriterMarkTest, OfANewFileTakesNobodysPlace) {
  write_mark("elsewhere", 17);
  const std::string before = mark_text();
  WriterMark mark(path);
  mark.take_if_free();
  mark.release();
  EXPECT_EQ(mark_text(), before);
  write_mark(this_host(), process_that_has_ended());
  mark.take_if_free();
  EXPECT_NE(mark_text().find("process " + std::to_string(::getpid())), std::string::npos);
}

TEST_F(WriterMarkTest, WhoWasTakenForDeadNoticesIt) {
  WriterMark mark(path);
  EXPECT_EQ(mark.take(), "");
  EXPECT_FALSE(mark.is_replaced());
  ::unlink(mark_path.c_str());
  EXPECT_FALSE(mark.is_replaced()) << "somebody tidied up";
  write_mark("elsewhere", 17);
  EXPECT_TRUE(mark.is_replaced());
  mark.release();
  EXPECT_TRUE(has_mark()) << "it is the other one's";
}

TEST_F(WriterMarkTest, AChildDoesNotEndIt) {
  WriterMark mark(path);
  EXPECT_EQ(mark.take(), "");
  const pid_t child = ::fork();
  if (child == 0) {
    mark.release();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(has_mark());
}

TEST_F(WriterMarkTest, NoneWhereNoneCanBeMade) {
  WriterMark mark("/proc/no_such_directory/file.h5");
  EXPECT_EQ(mark.take(), "");
  EXPECT_FALSE(mark.is_replaced());
}

}  // namespace
}  // namespace tessera::storage
