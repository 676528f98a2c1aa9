#include "hdf5/log.hpp"

#include <gtest/gtest.h>

namespace tessera::hdf5 {
namespace {

Record step(std::int64_t number) {
  return {{},
          {schema::SetLength{"/r/time", number + 1}},
          {},
          {schema::WriteValues{"/r/time", number, {0.5 * static_cast<double>(number)}}}};
}

TEST(MergedTest, LengthsAreSetOnceToTheLast) {
  Merged merged;
  for (int n = 3; n < 7; ++n) merged.add(step(n));
  ASSERT_EQ(merged.lengths.size(), 1u);
  EXPECT_EQ(merged.lengths.at("/r/time"), 7);
}

TEST(MergedTest, ConsecutiveValuesBecomeOneWrite) {
  Merged merged;
  for (int n = 3; n < 7; ++n) merged.add(step(n));
  const auto& writes = merged.values.at("/r/time");
  ASSERT_EQ(writes.size(), 1u);
  EXPECT_EQ(writes[0].start, 3);
  EXPECT_EQ(writes[0].values, (std::vector<double>{1.5, 2, 2.5, 3}));
}

TEST(MergedTest, AGapBeginsANewWrite) {
  Merged merged;
  merged.add(step(1));
  merged.add(step(3));
  EXPECT_EQ(merged.values.at("/r/time").size(), 2u);
}

TEST(RecordTest, BytesCountWhatOperationsHold) {
  const std::size_t small = step(1).bytes();
  Record large = step(1);
  large.definitions.push_back(schema::SetAttribute{"/r", "text", std::string(1 << 20, 'x')});
  large.definitions.push_back(
      schema::SetAttribute{"/r", "list", std::vector<std::string>{std::string(1 << 20, 'x'), ""}});
  large.definitions.push_back(schema::WriteValues{"/r/x", 0, std::vector<double>(1 << 17)});
  EXPECT_GE(large.bytes(), small + (3u << 20));
  EXPECT_LT(large.bytes(), small + (3u << 20) + 2000);
}

}  // namespace
}  // namespace tessera::hdf5
