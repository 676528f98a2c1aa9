#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <tessera/types.hpp>

namespace tessera::codec {

/// The most byte planes that a chunk is cut into: those of the largest elements.
inline constexpr std::size_t max_planes = detail::max_element_bytes;
/// The most methods that are tried on a plane.
inline constexpr std::size_t max_candidates = 7;
/// An estimate of fewer trials is taken with care, and tried again soon.
inline constexpr std::uint32_t young = 4;
/// Kinds of planes that methods are tried on.
inline constexpr std::size_t tried_kinds = 3;

/// What is known of one byte plane of a field, in chunks where it is of one kind. Sizes are parts of the plane's size.
struct PlaneEstimate {
  std::uint32_t trials = 0;    ///< 0: nothing is known
  std::uint32_t tried_at = 0;  ///< number of the chunk of the last trial
  bool surprising = false;     ///< a later chunk had another size: to be tried again
  float reference = 1;  ///< what the codec is measured against: zlib's level 4, at the high levels the best there is
  std::array<float, max_candidates> sizes{};  ///< of every candidate
};

/// By plane, and by its kind.
using PlaneEstimates = std::array<std::array<PlaneEstimate, tried_kinds>, max_planes>;

/// What an encoder has learnt of one field: a value type of 1 KiB without allocation. It is not needed for reading, and
/// may be copied for another thread. A new one starts from nothing.
struct FieldMemory {
  PlaneEstimates estimates{};
  std::uint32_t chunks = 0;  ///< encoded so far
  /// Bytes that the last chunks took less than they were allowed to, for the next ones to spend; may be negative.
  double spare_bytes = 0;
  double mean_margin_bytes = 0;  ///< that a chunk may take more than its reference
  double encoding_ns = 0;        ///< time spent so far, by the cost model
  double trial_ns = 0;
};

/// Adds what another encoder knows of the same field: means, weighted by the trials. In whatever order several are put
/// together, the result is the same up to rounding.
void merge(PlaneEstimates& estimates, const PlaneEstimates& others) noexcept;

/// Takes from what several encoders know together what `memory` itself has tried too seldom.
void adopt(FieldMemory& memory, const PlaneEstimates& common) noexcept;

}  // namespace tessera::codec
