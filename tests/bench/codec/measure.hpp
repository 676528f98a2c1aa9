#pragma once

#include <string>
#include <vector>

#include "codec/deflate_encoder.hpp"
#include "data_sets.hpp"

namespace tessera::bench {

struct Speed {
  double first = 0;        ///< MB/s of raw data per core in the first step, with nothing learnt before
  double median = 0;       ///< MB/s, median of all passes
  double first_ratio = 0;  ///< raw bytes / stored bytes in the first step
  double ratio = 0;        ///< the same in the worst pass
};

struct Measurement {
  std::string name;
  double raw_bytes = 0;  ///< of one step
  Speed zlib;            ///< level 4 on bytes that are shuffled already, as HDF5's filter calls it
  std::vector<Speed> levels;
};

/// A pass is one step of the field with zlib, then, with each level, as many steps as it takes to encode 64 chunks:
/// what an encoder learns of a field serves many chunks, and the time that it takes is part of what is measured. What
/// is timed of ours includes the shuffle. Times are those of the thread, not of the clock on the wall.
/// \throws std::runtime_error when a chunk does not decode to what it was, by zlib's uncompress
Measurement measure(const DataSet& set, const std::vector<int>& levels, int passes, codec::Libraries libraries);

}  // namespace tessera::bench
