#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstring>

#include "../../support/shuffle_reference.hpp"
#include "chunks.hpp"
#include "codec/deflate_encoder.hpp"

/// \file
/// What encoders learn, seen from outside: sizes of many chunks of a field.

namespace tessera::codec::test {

namespace {

std::size_t zlib_size(const Bytes& chunk, std::size_t element_bytes) {
  Bytes planes(chunk.size());
  shuffle_reference(chunk, element_bytes, planes);
  uLongf size = compressBound(chunk.size());
  Bytes out(size);
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(planes.data()), planes.size(),
            4);
  return size;
}

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// A smooth float field with steps of 1/64 wave per point.
Bytes floats(std::size_t step) {
  std::vector<float> values;
  for (std::size_t i = 0; i < 64 * 64 * 16; ++i) {
    const double x = static_cast<double>(i % 64) / 64;
    const double y = static_cast<double>(i / 64 % 64 + step) / 64;
    const double z = static_cast<double>(i / 4096) / 64;
    values.push_back(static_cast<float>(300 + std::sin(6 * x) * std::cos(5 * y) + 0.3 * std::sin(17 * (x + z))));
  }
  return bytes_of(values);
}

/// Numbers that grow by one from cell to cell of 5 x 7 points.
Bytes labels(std::size_t step) {
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < 64 * 64 * 16; ++i)
    values.push_back(static_cast<std::int32_t>((i % 64 + step) / 5 + i / 448 * 13));
  return bytes_of(values);
}

/// Doubles whose planes look random and repeat at a distance of 20 KiB.
Bytes repeats(std::size_t step) {
  Bytes bytes = noise(std::size_t{8} * 64 * 64 * 16, step);
  for (std::size_t i = 20480 * 8; i < bytes.size(); ++i) bytes[i] = bytes[i - 20480 * 8];
  return bytes;
}

struct Field {
  const char* name;
  std::size_t element_bytes;
  Bytes (*chunk)(std::size_t step);
};

class AgainstZlib4 : public testing::TestWithParam<Field> {};
INSTANTIATE_TEST_SUITE_P(Fields, AgainstZlib4,
                         testing::Values(Field{"floats", 4, floats}, Field{"labels", 4, labels},
                                         Field{"repeats", 8, repeats}),
                         [](const auto& field) { return field.param.name; });

/// The benchmark has the exact numbers; this is a guard.
TEST_P(AgainstZlib4, NotMuchLargerInTheMean) {
  const Codec codec;
  const std::unique_ptr<Encoder> encoder = make_encoder(codec);
  FieldMemory memory;
  std::size_t ours = 0;
  std::size_t zlibs = 0;
  for (std::size_t step = 0; step < 30; ++step) {
    const Bytes chunk = GetParam().chunk(step);
    ours += expect_round_trip(*encoder, codec, memory, {chunk, GetParam().element_bytes, Arrangement::elements});
    zlibs += zlib_size(chunk, GetParam().element_bytes);
  }
  EXPECT_LT(static_cast<double>(ours), 1.06 * static_cast<double>(zlibs));
}

TEST(Learning, FieldThatIsNoiseAtFirst) {
  const Codec codec;
  const std::unique_ptr<Encoder> encoder = make_encoder(codec);
  FieldMemory memory;
  for (std::uint64_t step = 0; step < 10; ++step) {
    const Bytes chunk = noise(std::size_t{8} * 64 * 64 * 16, step);
    EXPECT_EQ(expect_round_trip(*encoder, codec, memory, {chunk, 8, Arrangement::elements}),
              encoded_capacity(codec, chunk.size()));
  }
  const Bytes chunk = smooth_field(40, 3);
  const std::size_t size = expect_round_trip(*encoder, codec, memory, {chunk, 8, Arrangement::elements});
  EXPECT_LT(static_cast<double>(size), 1.06 * static_cast<double>(zlib_size(chunk, 8)));
}

TEST(Learning, FieldThatIsNoiseAtLast) {
  const Codec codec;
  const std::unique_ptr<Encoder> encoder = make_encoder(codec);
  FieldMemory memory;
  const Bytes smooth = smooth_field(40, 3);
  for (int step = 0; step < 10; ++step) expect_round_trip(*encoder, codec, memory, {smooth, 8, Arrangement::elements});
  const Bytes chunk = noise(smooth.size(), 1);
  EXPECT_EQ(expect_round_trip(*encoder, codec, memory, {chunk, 8, Arrangement::elements}),
            encoded_capacity(codec, chunk.size()));
}

TEST(Learning, AMemoryServesAnotherEncoder) {
  const Codec codec;
  const Bytes chunk = floats(0);
  FieldMemory memory;
  const std::size_t first = expect_round_trip(*make_encoder(codec), codec, memory, {chunk, 4, Arrangement::elements});
  const double trials = memory.trial_ns;
  FieldMemory copy = memory;
  const std::size_t second = expect_round_trip(*make_encoder(codec), codec, copy, {chunk, 4, Arrangement::elements});
  EXPECT_EQ(copy.trial_ns, trials) << "nothing is tried again";
  EXPECT_LT(static_cast<double>(second), 1.05 * static_cast<double>(first));
}

TEST(Learning, TrialsTakeATwentiethOfTheTimeInTheLongRun) {
  const Codec codec;
  const std::unique_ptr<Encoder> encoder = make_encoder(codec);
  FieldMemory memory;
  const Bytes chunk = floats(0);
  Bytes out(encoded_capacity(codec, chunk.size()));
  for (int step = 0; step < 1500; ++step) encoder->encode({chunk, 4, Arrangement::elements}, memory, out);
  EXPECT_LT(memory.trial_ns, 0.07 * memory.encoding_ns);
  EXPECT_GT(memory.trial_ns, 0.03 * memory.encoding_ns);
}

}  // namespace

}  // namespace tessera::codec::test
