#include "hdf5/metadata_block.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "hdf5/index_block.hpp"

namespace tessera::hdf5 {

namespace {

using Bytes = std::span<const std::byte>;

std::uint64_t number(Bytes bytes, std::size_t at, std::size_t size) noexcept {
  return bytes.size() < at + size ? 0 : Cursor(bytes.subspan(at, size)).number(size);
}

/// An object header of version 2: what its prefix says of its first block, and the checksum.
std::uint64_t header_size(Bytes bytes) noexcept {
  const std::uint64_t flags = number(bytes, 5, 1);
  const std::size_t prefix = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
  const std::size_t width = std::size_t{1} << (flags & 3);
  return prefix + width + number(bytes, prefix, width) + 4;
}

/// Of version 1, which has no signature: a version, a zero, counts, its size, and 4 bytes of padding.
bool is_old_header(Bytes bytes) noexcept {
  return bytes.size() >= 16 && number(bytes, 0, 2) == 1 && number(bytes, 12, 4) == 0 && number(bytes, 8, 4) > 0;
}

/// HDF5 reads some of it first, to see which version it is.
std::uint64_t superblock_size(Bytes bytes) noexcept {
  constexpr std::array<std::uint64_t, 4> sizes{96, 100, 48, 48};
  const std::uint64_t version = number(bytes, 8, 1);
  return bytes.size() <= 8 || version >= sizes.size() ? 8 : sizes[version];
}

}  // namespace

MetadataBlock metadata_block(std::uint64_t address, Bytes bytes) noexcept {
  MetadataBlock block{address, bytes.size(), {}};
  if (bytes.size() < 4) return block;
  const bool has_signature =
      std::ranges::all_of(bytes.first(4), [](std::byte byte) { return std::isupper(std::to_integer<int>(byte)) != 0; });
  if (has_signature) {
    std::ranges::transform(bytes.first(4), block.signature, [](std::byte byte) { return static_cast<char>(byte); });
  }
  std::uint64_t size = bytes.size();
  if (block.kind() == "OHDR") size = header_size(bytes);
  if (bytes[0] == std::byte{0x89} && number(bytes, 1, 3) == 0x464448) size = superblock_size(bytes);  // "HDF"
  if (block.kind() == "GCOL") size = number(bytes, 8, 8);
  if (block.kind() == "HEAP") size = 32;
  if (!has_signature && is_old_header(bytes)) size = 16 + number(bytes, 8, 4);
  block.size = size;
  return block;
}

}  // namespace tessera::hdf5
