#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera::tools {

/// A box of elements in C order.
template <class Byte>
struct Block {
  std::span<const std::uint64_t> lower;
  std::span<const std::uint64_t> upper;
  Byte* bytes = nullptr;
};

/// Copies the elements that both boxes have.
void copy_block(const Block<const std::byte>& from, const Block<std::byte>& to, std::size_t element_bytes);

}  // namespace tessera::tools
