#pragma once

#include <span>

#include "codec/method.hpp"

namespace tessera::codec {

/// What a level of tessera::Codec means for an encoder with certain libraries.
struct Effort {
  /// The candidates for a plane, `stored` first; at most max_candidates.
  std::span<const Method> methods;
  /// What a plane that was never tried gets, and one that is constant.
  Method usual;
  Method for_constants;
  /// True: sizes are measured against zlib's level 4. False: against the smallest that was found.
  bool against_zlib = true;
  /// A plan may be larger than the reference, divided by this.
  double share = 1;
  /// The same where the reference is below an eighth.
  double share_of_small = 1;
};

/// \param level 1 to 9
Effort effort_of(int level, Libraries libraries) noexcept;

/// How long a method takes on one core for a byte of a plane that it makes smaller to `size` (0 to 1), in ns. Measured
/// once on one machine, which `build/tests/bench/codec/codec --costs` does again; what counts is how they compare.
double cost_of(Method method, double size) noexcept;

}  // namespace tessera::codec
