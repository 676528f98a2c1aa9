#include <gtest/gtest.h>

#include <chrono>

#include "tools/doctor/program.hpp"

using tessera::doctor::output_of;

namespace {

TEST(Program, ItsOutputWhateverItsExitCode) {
  EXPECT_EQ(output_of({"sh", "-c", "echo one; echo ignored >&2; exit 3"}), "one\n");
  EXPECT_EQ(output_of({"printf", "%s", "a 'quoted' argument"}), "a 'quoted' argument");
  EXPECT_EQ(output_of({"true"}), "");
}

TEST(Program, MoreThanAPipeHolds) {
  EXPECT_EQ(output_of({"head", "-c", "300000", "/dev/zero"}).value_or("").size(), 300000u);
}

TEST(Program, NothingWhereItIsNotInstalled) { EXPECT_FALSE(output_of({"no-such-program-anywhere"})); }

/// The full patience would be long for a test: the program closes its output early, and is waited for.
TEST(Program, IsWaitedFor) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(output_of({"sh", "-c", "echo done; exec >&-; sleep 0.3"}), "done\n");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(250));
}

}  // namespace
