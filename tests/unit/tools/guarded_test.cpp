#include "tools/common/guarded.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <new>
#include <stdexcept>

#include <tessera/error.hpp>

#include "tools/common/exit_code.hpp"

using namespace tessera;
using namespace tessera::tools;

namespace {

/// What is told of work that ends so, and its code.
std::pair<int, std::string> outcome(const std::function<int()>& work) {
  testing::internal::CaptureStderr();
  const int code = guarded("run.h5", work);
  return {code, testing::internal::GetCapturedStderr()};
}

}  // namespace

TEST(Guarded, ReturnsWhatTheWorkReturns) {
  EXPECT_EQ(outcome([] { return 0; }), std::pair(0, std::string()));
  EXPECT_EQ(outcome([] { return 1; }), std::pair(1, std::string()));
}

TEST(Guarded, TellsErrorsInALine) {
  const auto error_of = [](ErrorCode code) { return outcome([code]() -> int { throw Error(code, "two\nlines"); }); };
  EXPECT_EQ(error_of(ErrorCode::hdf5), std::pair(int{unreadable}, std::string("tessera: two lines\n")));
  EXPECT_EQ(error_of(ErrorCode::not_found).first, wrong_command_line);
  EXPECT_EQ(error_of(ErrorCode::internal).first, failed);
  EXPECT_EQ(outcome([]() -> int { throw std::bad_alloc(); }).first, failed);
  EXPECT_EQ(outcome([]() -> int { throw std::runtime_error("bad"); }).second, "tessera: bad\n");
  EXPECT_EQ(outcome([]() -> int { throw 1; }).first, failed);
}

TEST(Guarded, OutlivesACrash) {
  const auto [code, text] = outcome([] { return std::raise(SIGABRT); });
  EXPECT_EQ(code, unreadable);
  EXPECT_EQ(text, "tessera: 'run.h5' is damaged: reading it, the HDF5 library ended with signal 6 (Aborted)\n");
}
