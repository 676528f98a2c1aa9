#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "case.hpp"

namespace bench {

/// What no writer of compressed chunks can do without: on every rank, encode its own chunks and write the bytes, each
/// step with one pwrite (and, with Case::power_safe, fdatasync) to its own part of one file. No messages, no metadata,
/// no fresh memory, and no assembly of chunks, which lie ready, or are cut from the block in each step. One thread per
/// rank.
class Floor {
 public:
  /// Seconds of this rank.
  struct Times {
    double encode = 0;
    double write = 0;
  };

  /// Cuts the chunks. \throws std::runtime_error when the block does not consist of whole chunks
  /// \param cuts whether write() cuts them anew in each step, from where a simulation has them
  Floor(const Case& what, const Block& block, bool cuts);

  /// All steps, with an encoder that knows nothing of the field. Collective.
  Times write(const std::string& path, int rank);

  /// Encoded bytes of this rank in the last write().
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Encoding;
  std::size_t encode_step(std::size_t values, Encoding& encoding);

  const Case& what_;
  const Block& block_;
  bool cuts_;
  std::vector<Extents> first_;                               ///< of each chunk, from the block's lower corner
  std::vector<std::vector<std::vector<std::byte>>> chunks_;  ///< by step, then in ascending order of their numbers
  std::vector<std::byte> batch_;                             ///< a step's encoded chunks
  std::size_t bytes_ = 0;
};

}  // namespace bench
