#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include <tessera/types.hpp>

namespace tessera::grid {

/// The bytes of memory that a strided array reads: pieces of `bytes` contiguous ones, along up to Index::capacity axes.
struct Footprint {
  struct Axis {
    std::uint64_t stride = 0;  ///< in bytes, above 0
    std::uint64_t extent = 1;  ///< above 1
  };
  std::uint64_t first = 0;                   ///< the lowest address
  std::uint64_t bytes = 0;                   ///< of a piece; 0: no memory at all
  std::array<Axis, Index::capacity> axes{};  ///< by descending stride
  std::size_t rank = 0;                      ///< of them
  int owner = 0;                             ///< what find_shared tells apart

  /// Behind the last byte.
  std::uint64_t end() const noexcept;
  /// Bytes that are read, each counted once where the array does not overlap itself.
  std::uint64_t volume() const noexcept;
};

/// The footprint of an array whose first element, in the order of its indices, lies at `address`; strides in elements,
/// of any sign. Axes with stride 0 read the same bytes again and do not count; dense ones become part of the piece.
Footprint footprint(std::uint64_t address, std::size_t element, const Index& extents, const Index& strides, int owner);

/// True when a byte belongs to both. Interleaved arrays, such as two components of an array of structs, share none.
/// \param effort the pieces of `a` that are examined at most, evenly spread: where there are more, a small overlap can
/// be missed
bool share_bytes(const Footprint& a, const Footprint& b, std::uint64_t effort);

/// Calls `found(i, j)` for footprints that share bytes, until it returns false; for those of one owner not with every
/// pair, but so that each that shares bytes is in one. O(n log n) where few ranges of addresses
/// overlap; where many do (boxes of one large array) each is compared with some of those that begin next, those that
/// begin at the same address first.
void find_shared(std::span<const Footprint> footprints, const std::function<bool(std::size_t, std::size_t)>& found);

}  // namespace tessera::grid
