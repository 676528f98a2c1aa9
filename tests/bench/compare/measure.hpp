#pragma once

#include <string>

#include "case.hpp"
#include "rows.hpp"

namespace bench {

/// Command line of the comparison.
struct Comparison {
  Case what;                         ///< level: of gzip and of Tessera
  std::string field = "turbulence";  ///< see fields.hpp
  std::int64_t shift = 10;           ///< of the blocks against the chunks, in the rows where it is
  int gzip_steps = 8;                ///< steps per file, on both sides, in rows against gzip, which is slow
  std::string memory = "/dev/shm";   ///< directories
  std::string disk = ".";
  int disk_limit = 0;  ///< MB/s that the disk takes, for the record; 0: it is not held back
  bool cut = false;    ///< the floor cuts its chunks from the block in each step, too
  bool keep = false;   ///< leave the files of the row "gzip"

  std::string path(const Row& row, const char* side) const;
};

/// Measures one row: pairs of Tessera's side and the other, in alternating order, each with a fresh file. Before them
/// one pair of a single step. With Case::check the files are compared at the end. Returns the measurement as one line
/// of JSON, on rank 0. Collective. \throws std::runtime_error when the files differ
std::string measure(const Row& row, const Comparison& comparison, const Block& block);

}  // namespace bench
