#include <gtest/gtest.h>

#include "base/version.hpp"

using tessera::find_version;
using tessera::Version;

namespace {

TEST(Version, IsFoundInWhatLibrariesSay) {
  EXPECT_EQ(find_version("v4.1.4, package: Debian"), (Version{4, 1, 4}));
  EXPECT_EQ(find_version("Open MPI v5.0.7rc2, ident 5.0.7"), (Version{5, 0, 7}));
  EXPECT_EQ(find_version("(R) Library 2021.9 for Linux* OS"), (Version{2021, 9, 0}));
  EXPECT_EQ(find_version("8.1.28.15 (ANL base 3.4a2)"), (Version{8, 1, 28}));
  EXPECT_EQ(find_version("release 7 of 1.2"), (Version{1, 2, 0}));
}

TEST(Version, IsZeroWhereThereIsNone) {
  EXPECT_EQ(find_version(""), Version{});
  EXPECT_EQ(find_version("no version 7"), Version{});
  EXPECT_EQ(find_version("1."), Version{});
}

TEST(Version, ComparesPartByPart) {
  EXPECT_LT((Version{4, 1, 4}), (Version{4, 1, 10}));
  EXPECT_LT((Version{4, 9, 9}), (Version{5, 0, 0}));
  EXPECT_EQ(to_string(Version{1, 10, 8}), "1.10.8");
}

}  // namespace
