#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/file.hpp"

namespace tessera::hdf5 {

/// The superblock of a file that is there. HDF5 file format specification 3.0, section II.A.
class Superblock {
 public:
  static constexpr std::size_t max_size = 100;  ///< of version 1

  /// Reads it. \throws Error hdf5: it is no HDF5 file, or one that cannot be continued, and why; storage
  explicit Superblock(storage::File& file);

  std::span<const std::byte> bytes() const noexcept { return std::span(bytes_).first(size_); }
  /// Where the file ends, by what it says itself.
  std::uint64_t end() const noexcept { return end_; }
  std::uint64_t root() const noexcept;

 private:
  std::uint64_t number_at(std::size_t offset) const noexcept;
  std::uint8_t byte_at(std::size_t offset) const noexcept { return std::to_integer<std::uint8_t>(bytes_[offset]); }

  std::array<std::byte, max_size> bytes_{};
  std::size_t size_ = 0;
  std::uint64_t end_ = 0;
};

/// Where the header of the root group lies; 0 where that is not a number of the superblock (before version 2).
std::uint64_t root_of(std::span<const std::byte> superblock) noexcept;
/// Where it says that the file ends, likewise.
std::uint64_t end_of(std::span<const std::byte> superblock) noexcept;

}  // namespace tessera::hdf5
