#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hdf5/free_extents.hpp"

namespace tessera::hdf5 {

/// Numbers of 64 bits one after the other, little-endian as all of HDF5's own, behind a signature of as many bytes.
/// Positions count numbers.
class Sector {
 public:
  explicit Sector(std::span<std::byte> bytes) : bytes_(bytes) {}

  void sign(std::string_view signature);
  void put(std::size_t position, std::uint64_t number);
  void put(std::size_t position, const std::vector<Extent>& extents);

 private:
  std::span<std::byte> bytes_;
};

class StoredSector {
 public:
  explicit StoredSector(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool is_signed(std::string_view signature) const;
  std::uint64_t number(std::size_t position) const;
  Extent extent(std::size_t position) const { return {number(position), number(position + 1)}; }
  std::uint64_t digest(std::size_t position, std::size_t numbers) const;

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace tessera::hdf5
