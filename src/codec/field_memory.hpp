#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/method.hpp"

namespace tessera::codec {

/// The most byte planes that a chunk is cut into: those of elements of 8 bytes.
inline constexpr std::size_t max_planes = 8;
/// The most methods that are tried on a plane.
inline constexpr std::size_t max_candidates = 8;

/// What is known of one byte plane of a field, for chunks in which it is neither constant nor random. Sizes are parts of the
/// plane's size.
struct PlaneEstimate {
  std::uint32_t trials = 0;    ///< 0: nothing is known
  std::uint32_t tried_at = 0;  ///< number of the chunk of the last trial
  bool surprising = false;     ///< a later chunk had another size: to be tried again
  float reference = 1;         ///< what the codec is measured against: zlib's level 4, at the high levels the best there is
  std::array<float, max_candidates> sizes{};  ///< of every candidate
};

/// Which method makes which plane of a chunk into deflate blocks.
using Plan = std::array<Method, max_planes>;

/// A plan with the pattern of plane kinds that it was made for.
struct RememberedPlan {
  std::uint32_t pattern = 0;  ///< 0: empty
  Plan plan;
};

/// What an encoder has learnt of one field: a value type of less than 1 KiB without allocation. It is not needed for reading, and
/// may be copied for another thread. A new one starts from nothing.
struct FieldMemory {
  std::array<PlaneEstimate, max_planes> estimates{};
  std::array<RememberedPlan, 4> plans{};
  std::uint32_t chunks = 0;  ///< encoded so far
  double encoding_ns = 0;    ///< time spent so far, by the cost model
  double trial_ns = 0;
};

}  // namespace tessera::codec
