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

/// What trials told about one byte plane of a field. Sizes are parts of the plane's size.
struct PlaneEstimate {
  bool known = false;
  bool random = false;   ///< the bytes looked evenly distributed when the plane was last tried
  double reference = 1;  ///< what the codec is measured against: zlib's level 4, at the high levels the best there is
  std::array<double, max_candidates> sizes{};  ///< of every candidate
};

/// Which method makes which plane of a chunk into deflate blocks.
struct Plan {
  std::array<Method, max_planes> methods{};
  /// From this plane on, one method that ends the stream makes all the rest; max_planes: none.
  std::size_t tail = max_planes;
  Method tail_method;
};

/// What an encoder has learnt of one field: a value type of less than 1 KiB without allocation. It is not needed for reading, and
/// may be copied for another thread. A new one starts from nothing.
struct FieldMemory {
  std::array<PlaneEstimate, max_planes> estimates{};
  Plan plan;
  std::uint64_t chunks = 0;      ///< encoded so far
  std::uint64_t trials = 0;      ///< trials so far
  std::uint64_t next_trial = 0;  ///< at this number of chunks
  std::uint64_t last_trial = 0;  ///< was at this number of chunks
  bool surprised = false;        ///< a plane was unknown, or its size was not what the estimates say
};

}  // namespace tessera::codec
