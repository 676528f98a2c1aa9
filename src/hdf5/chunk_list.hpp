#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hdf5/member.hpp"
#include "hdf5/placed_chunks.hpp"

namespace tessera::hdf5 {

/// Extents of a dataset and of its chunks.
struct DatasetShape {
  std::vector<hsize_t> now, most, chunk;

  /// \param list its creation properties
  DatasetShape(hid_t space, hid_t list, const std::string& about);

  bool has_time() const { return !most.empty() && most[0] == H5S_UNLIMITED; }
  /// Steps of statistics, several in a chunk; or bounds of cells.
  bool is_table() const { return now.size() == 2 && (chunk.empty() || (has_time() && chunk[0] > 1)); }
  bool is_series() const { return chunk.empty() || (now.size() == 1 && has_time()) || is_table(); }
  std::int64_t steps() const { return has_time() ? static_cast<std::int64_t>(now[0]) : 1; }
};

/// The chunks of a dataset that is no series, one step after the other.
class ChunkList {
 public:
  ChunkList(std::string path, const DatasetShape& shape);

  const std::string& path() const noexcept { return grid_.dataset; }
  std::uint64_t per_step() const noexcept { return per_step_; }
  std::uint64_t end() const noexcept { return end_; }  ///< how many there are

  /// Of the chunk of a number below end().
  std::array<hsize_t, H5S_MAX_RANK> offset(std::uint64_t number) const;
  /// Where it lies, by a tree in which the dataset is open; nothing for one that nobody wrote.
  std::optional<PlacedChunk> find(Member& source, hid_t dataset, std::uint64_t number) const;

 private:
  PlacedChunks grid_;
  std::uint64_t per_step_ = 1;
  std::uint64_t end_ = 0;
};

}  // namespace tessera::hdf5
