#include <gtest/gtest.h>

#include "tools/doctor/quota.hpp"

using namespace tessera::doctor;

namespace {

Quota parsed(const char* line) {
  const auto quota = parse_quota_line(line, "user");
  EXPECT_TRUE(quota) << line;
  return quota.value_or(Quota{});
}

TEST(Quota, OfLustre) {
  // lfs quota -q -u 1000 /lustre
  const Quota quota = parsed("        /lustre  307200  309200  310000       -   10101  11000  12000       -");
  EXPECT_EQ(quota.bytes, 307200u * 1024);
  EXPECT_EQ(quota.bytes_limit, 310000u * 1024);
  EXPECT_EQ(quota.files, 10101u);
  EXPECT_EQ(quota.files_limit, 12000u);
}

TEST(Quota, OverItsLimitHasAStarAndATimeOfGrace) {
  const Quota quota = parsed("server:/home  123*  100  200  6days  10  0  0");
  EXPECT_EQ(quota.bytes, 123u * 1024);
  EXPECT_EQ(quota.bytes_limit, 200u * 1024);
  EXPECT_EQ(quota.files_limit, 0u);
}

TEST(Quota, WithoutAHardLimitTheSoftOneCounts) {
  EXPECT_EQ(parsed("/dev/sda1 10 500 0 3 40 0").bytes_limit, 500u * 1024);
  EXPECT_EQ(parsed("/dev/sda1 10 500 0 3 40 0").files_limit, 40u);
}

TEST(Quota, IsNotInOtherLines) {
  EXPECT_FALSE(parse_quota_line("Disk quotas for user me (uid 1000): none", "user"));
  EXPECT_FALSE(parse_quota_line(" Filesystem blocks  quota  limit  grace  files  quota  limit  grace", "user"));
  EXPECT_FALSE(parse_quota_line("", "user"));
  EXPECT_FALSE(parse_quota_line("/a/very/long/name/of/a/server", "user"));
}

}  // namespace
