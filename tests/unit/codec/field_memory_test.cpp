#include "codec/field_memory.hpp"

#include <gtest/gtest.h>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

PlaneEstimates known(std::uint32_t trials, float size) {
  PlaneEstimates estimates{};
  estimates[2][1].trials = trials;
  estimates[2][1].reference = size / 2;
  estimates[2][1].sizes.fill(size);
  return estimates;
}

TEST(SharedLearning, MeansAreWeightedByTrials) {
  PlaneEstimates estimates = known(1, 0.2F);
  merge(estimates, known(3, 0.6F));
  EXPECT_EQ(estimates[2][1].trials, 4U);
  EXPECT_FLOAT_EQ(estimates[2][1].sizes.back(), 0.5F);
  EXPECT_FLOAT_EQ(estimates[2][1].reference, 0.25F);
  EXPECT_EQ(estimates[2][0].trials, 0U);
}

TEST(SharedLearning, TheOrderDoesNotMatter) {
  const std::array<PlaneEstimates, 4> all{known(2, 0.3F), known(0, 0.9F), known(5, 0.7F), known(1, 0.1F)};
  PlaneEstimates forwards{};
  for (const PlaneEstimates& one : all) merge(forwards, one);
  PlaneEstimates left = all[3];
  merge(left, all[1]);
  PlaneEstimates right = all[2];
  merge(right, all[0]);
  merge(left, right);
  EXPECT_EQ(left[2][1].trials, forwards[2][1].trials);
  EXPECT_NEAR(left[2][1].sizes[0], forwards[2][1].sizes[0], 1e-6);
}

TEST(SharedLearning, AnEncoderKeepsWhatItHasTriedOften) {
  FieldMemory memory;
  memory.chunks = 17;
  memory.estimates = known(3, 0.2F);
  adopt(memory, known(2, 0.6F));
  EXPECT_FLOAT_EQ(memory.estimates[2][1].sizes[0], 0.2F) << "the others know less";
  adopt(memory, known(8, 0.6F));
  EXPECT_FLOAT_EQ(memory.estimates[2][1].sizes[0], 0.6F);
  EXPECT_EQ(memory.estimates[2][1].tried_at, 17U);
  adopt(memory, known(9, 0.7F));
  EXPECT_FLOAT_EQ(memory.estimates[2][1].sizes[0], 0.6F) << "it knows enough itself";
}

TEST(SharedLearning, ANewEncoderTriesNothingThatOthersKnow) {
  const Codec codec;
  const std::unique_ptr<Encoder> encoder = make_encoder(codec);
  const Bytes chunk = smooth_field(40, 3);
  std::array<FieldMemory, 4> others;
  PlaneEstimates common{};
  for (FieldMemory& other : others) {
    expect_round_trip(*encoder, codec, other, {chunk, 8, Arrangement::elements});
    merge(common, other.estimates);
  }
  FieldMemory memory;
  adopt(memory, common);
  const std::size_t size = expect_round_trip(*encoder, codec, memory, {chunk, 8, Arrangement::elements});
  EXPECT_GT(others[0].trial_ns, 0);
  EXPECT_EQ(memory.trial_ns, 0);
  EXPECT_LT(size, chunk.size());
}

}  // namespace

}  // namespace tessera::codec::test
