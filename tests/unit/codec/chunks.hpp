#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "codec/codec.hpp"

/// \file
/// Chunks for tests and what a stock reader makes of their encoded form.

namespace tessera::codec::test {

using Bytes = std::vector<std::byte>;

/// Reproducible on every platform: the distributions of <random> are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  std::byte byte() { return static_cast<std::byte>(engine_() & 0xff); }

 private:
  std::mt19937_64 engine_;
};

Bytes noise(std::size_t size, std::uint64_t seed);
/// Alternating stretches of constants, ramps, repeats of what came before at any distance, few values, and noise.
Bytes structured(std::size_t size, std::uint64_t seed);
/// Doubles of a smooth field on an edge^3 grid.
Bytes smooth_field(std::size_t edge, double frequency);

/// The elements of the chunk as HDF5's filter pipeline reads them, done with zlib's uncompress() and a plain loop.
/// Adds a test failure when it is not a whole valid stream.
Bytes decoded(const Bytes& stored, const Chunk& original, bool shuffle);

/// Encodes and decodes; adds a test failure unless the same elements come back. Returns the encoded size.
std::size_t expect_round_trip(Encoder& encoder, const Codec& codec, FieldMemory& memory, const Chunk& chunk);

}  // namespace tessera::codec::test
