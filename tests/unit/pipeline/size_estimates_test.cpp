#include "pipeline/size_estimates.hpp"

#include <gtest/gtest.h>

#include <memory>

using namespace tessera;
using pipeline::FieldData;
using pipeline::SizeEstimates;

namespace {

constexpr std::uint64_t raw = 4 * 8 * 1000;  // four chunks of 1000 doubles

/// A field of which this rank has all chunks.
class OneField {
 public:
  explicit OneField(const Codec& codec = {}, std::optional<std::int64_t> step = 0) {
    field_.path = "/run/field";
    field_.codec = codec;
    auto plan = std::make_shared<pipeline::ChunkPlan>();
    plan->grid = {{40, 10, 10}, {10, 10, 10}};
    for (std::uint64_t number = 0; number < 4; ++number) plan->chunks.push_back({number, 0, true, {}, {}});
    data_.push_back({&field_, step, 0, {}, nullptr, plan});
  }
  std::span<const FieldData> data() const { return data_; }

 private:
  schema::Field field_;
  std::vector<FieldData> data_;
};

std::vector<std::vector<hdf5::PlacedChunk>> placed(std::uint32_t of_chunk) {
  std::vector<hdf5::PlacedChunk> chunks;
  for (std::uint64_t number = 0; number < 4; ++number) chunks.push_back({number, 8192, of_chunk, 0});
  return {chunks};
}

TEST(SizeEstimates, NothingIsKnownOfAFirstStep) {
  const OneField field;
  SizeEstimates estimates;
  estimates.reserve(field.data());
  const auto expected = estimates.expected(field.data());
  EXPECT_FALSE(expected.is_known);
  EXPECT_EQ(expected.bytes, 0u);
}

TEST(SizeEstimates, WhatIsNotCompressedIsKnown) {
  const OneField field(Codec::none());
  const auto expected = SizeEstimates().expected(field.data());
  EXPECT_TRUE(expected.is_known);
  EXPECT_GE(expected.bytes, raw);
  EXPECT_LE(expected.bytes, raw + raw / 50);
}

TEST(SizeEstimates, AStepIsExpectedToBeLikeTheOneBefore) {
  const OneField field;
  SizeEstimates estimates;
  estimates.reserve(field.data());
  for (int n = 0; n < 12; ++n) estimates.learn(field.data(), placed(4000));
  EXPECT_EQ(estimates.stored_bytes(), 12u * 4 * 4000);
  const auto steady = estimates.expected(field.data());
  EXPECT_TRUE(steady.is_known);
  EXPECT_GE(steady.bytes, raw / 2);
  EXPECT_LE(steady.bytes, raw / 2 + raw / 50);
  estimates.learn(field.data(), placed(4400));
  const auto changed = estimates.expected(field.data());
  EXPECT_NEAR(static_cast<double>(changed.bytes), 1.2 * 4 * 4400, 200) << "by twice as much as it changed";
}

TEST(SizeEstimates, WhatIsWrittenOnceDoesNotComeAgain) {
  const OneField field(Codec::none(), std::nullopt);
  EXPECT_GE(SizeEstimates().expected(field.data()).bytes, raw);
  EXPECT_EQ(SizeEstimates().expected_next(field.data()).bytes, 0u);
}

}  // namespace
