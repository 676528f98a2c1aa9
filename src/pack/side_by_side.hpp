#pragma once

#include <span>

#include "pack/pack.hpp"

namespace tessera::pack {

/// How a copy is stored.
enum class Stores {
  cached,
  streamed,  ///< past the caches where the processor can: of what nobody reads soon, and a cache would not hold
};

/// Runs jobs whose rows follow each other in the source, as those of chunks that are neighbours along an array's
/// fastest axis: in the order of the source, a row of each at a time. A processor reads that up to twice as fast as the
/// jobs one after the other, whose rows lie apart. On the calling thread, which has made all of it visible to others
/// that synchronise with it later.
///
/// \returns false, with nothing copied, where the jobs do not go together: rows that are not contiguous on both sides,
///          other types, strides, or extents along any axis but the fastest
bool pack_side_by_side(std::span<const PackJob> jobs, Stores stores);

}  // namespace tessera::pack
