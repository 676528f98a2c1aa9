#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::hdf5 {

/// Whether a dataset is a column of a table: it says so, and its first axis is the table's rows.
bool is_column_of_table(hid_t dataset, const std::string& about);

/// The shape of a dataset, and of its chunks.
struct ChunkGrid {
  std::vector<hsize_t> extents;
  std::vector<hsize_t> most;        ///< H5S_UNLIMITED where an axis may grow
  std::vector<hsize_t> chunk;       ///< empty: there are no chunks
  std::uint64_t element_bytes = 0;  ///< in the file
  bool is_column = false;           ///< of a table: its first axis is of rows
  bool is_statistics = false;       ///< steps of statistics, several in a chunk

  /// Of an open dataset. \throws Error hdf5
  static ChunkGrid of(hid_t dataset, const std::string& about);

  std::vector<std::uint64_t> counts() const;  ///< chunks along each axis
  std::uint64_t count() const;                ///< of all of them
  std::uint64_t chunk_bytes() const;          ///< of one, without filters

  bool has_time() const { return !most.empty() && most[0] == H5S_UNLIMITED && !is_column; }
  /// Statistics, or bounds of cells.
  bool is_table() const { return extents.size() == 2 && (chunk.empty() || is_statistics); }
  bool is_series() const { return chunk.empty() || (extents.size() == 1 && has_time()) || is_table(); }
  std::int64_t steps() const { return has_time() ? static_cast<std::int64_t>(extents[0]) : 1; }
};

}  // namespace tessera::hdf5
