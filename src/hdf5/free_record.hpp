#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "hdf5/free_extents.hpp"
#include "hdf5/tree_record.hpp"

namespace tessera::hdf5 {

/// How the free space of a file of ours is remembered in the file, in a sector of its own behind the superblock's,
/// where HDF5 does not look: a job that continues the file uses it again. FORMAT.md has its bytes.
///
/// It is right at every instant, also where a program that knows nothing of it has changed the file: HDF5 puts new
/// things behind the end. What it names is free; what is free, it need not name.
struct FreeRecord {
  static constexpr std::uint64_t offset = 4096;
  static constexpr std::uint64_t capacity = 4096;
  using Bytes = std::array<std::byte, capacity>;

  std::vector<Extent> chunks;       ///< dropped ones, in order; where there are too many of them the largest
  std::optional<TreeRecord> trees;  ///< nothing where the file has none that holds

  Bytes bytes() const;
  friend bool operator==(const FreeRecord&, const FreeRecord&) = default;

  /// What the bytes name: nothing where they are no record, so that the file is none of ours; nothing free where they
  /// are damaged. \param end of the file: what reaches beyond it counts as damaged
  static std::optional<FreeRecord> read(const Bytes& bytes, std::uint64_t end);
};

}  // namespace tessera::hdf5
