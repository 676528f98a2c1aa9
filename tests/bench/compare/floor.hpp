#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "case.hpp"

namespace bench {

/// What no writer of compressed chunks can do without: on every rank, encode its own chunks and write the bytes, each
/// step with one pwrite (and, with Case::power_safe, fdatasync) to its own part of one file. No assembly of chunks,
/// no messages, no metadata, no fresh memory. One thread per rank.
class Floor {
 public:
  /// Seconds of this rank.
  struct Times {
    double encode = 0;
    double write = 0;
  };

  /// Cuts the chunks. \throws std::runtime_error when the block does not consist of whole chunks
  Floor(const Case& what, const Block& block);

  /// All steps, with an encoder that knows nothing of the field. Collective.
  Times write(const std::string& path, int rank);

  /// Encoded bytes of this rank in the last write().
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  const Case& what_;
  std::vector<std::vector<std::vector<std::byte>>> chunks_;  ///< by step, then in ascending order of their numbers
  std::vector<std::byte> batch_;                             ///< a step's encoded chunks
  std::size_t bytes_ = 0;
};

}  // namespace bench
