#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tools/repack/chunk_task.hpp"

namespace tessera::tools {

/// A box of elements of a copy: whole chunks of it.
struct Slab {
  std::vector<std::uint64_t> lower, upper;
};

/// The copy of a dataset cut into parts that are made one at a time, each by one rank.
class Slabs {
 public:
  /// \param few_bytes of a slab, about, where chunks are smaller
  Slabs(const ChunkTask& task, std::uint64_t few_bytes);

  std::uint64_t count() const noexcept { return count_; }

  /// A slab, where chunks are made anew. They are as large as chunks of the source, where memory allows that, so that
  /// few of these are decoded twice.
  Slab slab(std::uint64_t number) const;
  /// Else numbers in ChunkTask::chunks, begin and end.
  std::pair<std::size_t, std::size_t> stored(std::uint64_t number) const;

 private:
  void cut_stored(const ChunkTask& task, std::uint64_t few_bytes);
  void cut_shape(const ChunkTask& task, std::uint64_t few_bytes);

  std::uint64_t count_ = 0;
  std::vector<std::size_t> ends_;  ///< stored chunks
  std::vector<std::uint64_t> shape_, extent_, counts_;
};

}  // namespace tessera::tools
