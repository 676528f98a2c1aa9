#include "base/affinity.hpp"

#include <gtest/gtest.h>

#include <thread>

using namespace tessera;

namespace {

TEST(Affinity, ListsOfProcessorsAreRead) {
  for (const char* text : {"0", "1023", "0-3", "0-3,8", "5,62-65,1000-1023"}) {
    const auto cpus = cpus_of(text);
    ASSERT_TRUE(cpus) << text;
    EXPECT_EQ(to_text(*cpus), text);
  }
  EXPECT_EQ(to_text(*cpus_of("3,1,2,2")), "1-3");
  EXPECT_EQ(count_of(*cpus_of("5,62-65")), 5);
}

TEST(Affinity, OtherTextsAreNone) {
  for (const char* text :
       {"", "a", "-1", "1-", "2-1", "1,,2", "1024", "0-1024", "1 2", "0x1", "99999999999999999999"}) {
    EXPECT_FALSE(cpus_of(text)) << text;
  }
}

TEST(Affinity, AThreadRunsWhereItIsToRun) {
  const CpuSet before = allowed_cpus();
  for (std::size_t cpu = 0; cpu < 1024; ++cpu) {
    if ((before[cpu / 64] >> (cpu % 64) & 1) == 0) continue;
    CpuSet one{};
    one[cpu / 64] = std::uint64_t{1} << (cpu % 64);
    std::thread([&] {
      EXPECT_TRUE(run_on(one));
      EXPECT_EQ(allowed_cpus(), one);
    }).join();
  }
  EXPECT_EQ(allowed_cpus(), before) << "other threads stay";
  std::thread([] { EXPECT_FALSE(run_on(CpuSet{})); }).join();
}

}  // namespace
