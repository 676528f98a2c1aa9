#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "hdf5/chunk_grid.hpp"
#include "hdf5/member.hpp"
#include "hdf5/placed_chunks.hpp"

namespace tessera::hdf5 {

/// The chunks of a dataset that is no series, one step after the other.
class ChunkList {
 public:
  ChunkList(std::string path, const ChunkGrid& shape);

  const std::string& path() const noexcept { return grid_.dataset; }
  std::uint64_t per_step() const noexcept { return per_step_; }
  std::int64_t steps() const noexcept { return steps_; }  ///< in a chunk
  std::uint64_t end() const noexcept { return end_; }     ///< how many there are

  /// Of the chunk of a number below end().
  std::array<hsize_t, H5S_MAX_RANK> offset(std::uint64_t number) const;
  /// Where it lies, by a tree in which the dataset is open; nothing for one that nobody wrote.
  std::optional<PlacedChunk> find(Member& source, hid_t dataset, std::uint64_t number) const;

 private:
  PlacedChunks grid_;
  std::uint64_t per_step_ = 1;
  std::int64_t steps_ = 1;
  std::uint64_t end_ = 0;
};

}  // namespace tessera::hdf5
