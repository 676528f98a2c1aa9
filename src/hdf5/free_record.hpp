#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "hdf5/free_extents.hpp"

namespace tessera::hdf5 {

/// How the free space of a file of ours is remembered in the file, in a sector of its own behind the superblock's,
/// where HDF5 does not look: a job that continues the file uses it again. FORMAT.md has its bytes.
///
/// It is right at every instant, also where a program that knows nothing of it has changed the file: HDF5 puts new
/// things behind the end. What it names is free; what is free, it need not name.
class FreeRecord {
 public:
  static constexpr std::uint64_t offset = 4096;
  static constexpr std::uint64_t capacity = 4096;
  using Bytes = std::array<std::byte, capacity>;

  /// Of extents in order; where there are too many of them the largest.
  static Bytes bytes_of(std::vector<Extent> extents);

  /// What the bytes name: nothing where they are no record, so that the file is none of ours; nothing free where they
  /// are damaged. \param end of the file: what reaches beyond it counts as damaged
  static std::optional<std::vector<Extent>> read(const Bytes& bytes, std::uint64_t end);
};

}  // namespace tessera::hdf5
