#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace tessera::comm {

/// MPI counts in int; this leaves every count far from its end.
inline constexpr std::size_t part_bytes = std::size_t{1} << 30;

/// Calls `transfer` with the parts of a message, in order; none where it is empty. The parts of a message have the same
/// tag: MPI keeps them in order (MPI 4.0, section 3.5).
template <class Byte, class Transfer>
void for_each_part(std::span<Byte> bytes, const Transfer& transfer) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), part_bytes);
    transfer(bytes.first(size), static_cast<int>(size));
    bytes = bytes.subspan(size);
  }
}

}  // namespace tessera::comm
