#include "hdf5/superblock.hpp"

#include <algorithm>
#include <string>

#include <tessera/error.hpp>

namespace tessera::hdf5 {

namespace {

constexpr std::array<unsigned char, 8> signature{0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::hdf5, why); }

/// Where each version has what.
struct Fields {
  std::size_t address_bytes;  ///< the size of an address
  std::size_t base;           ///< the base address
  std::size_t end;            ///< the end of the file
  std::size_t size;           ///< of the superblock
};

Fields fields_of(unsigned version) {
  switch (version) {
    case 0: return {13, 24, 40, 96};
    case 1: return {13, 28, 44, 100};
    case 2:
    case 3: return {9, 12, 28, 48};
    default:
      refuse("it has a superblock of version " + std::to_string(version) + ", which this version cannot continue");
  }
}

}  // namespace

Superblock::Superblock(storage::File& file) {
  file.read(0, bytes_);
  const bool is_hdf5 = std::ranges::equal(std::span(bytes_).first(signature.size()), signature,
                                          [](std::byte a, unsigned char b) { return a == std::byte{b}; });
  if (!is_hdf5) refuse("it does not begin as an HDF5 file does");
  const Fields fields = fields_of(byte_at(signature.size()));
  size_ = fields.size;
  if (byte_at(fields.address_bytes) != 8) refuse("its addresses do not have 8 bytes");
  if (number_at(fields.base) != 0) refuse("it has a user block");
  end_ = number_at(fields.end);
}

std::uint64_t Superblock::number_at(std::size_t offset) const noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | byte_at(offset + i);
  return number;
}

std::uint64_t Superblock::root() const noexcept { return root_of(bytes()); }

namespace {

/// Of a superblock of version 2 or 3, whose addresses have 8 bytes; 0 where it is none.
std::uint64_t address_in(std::span<const std::byte> superblock, std::size_t at) noexcept {
  constexpr std::size_t size = 48;
  if (superblock.size() != size) return 0;
  std::uint64_t address = 0;
  for (std::size_t i = 8; i-- > 0;) address = address << 8 | std::to_integer<std::uint64_t>(superblock[at + i]);
  return address;
}

}  // namespace

std::uint64_t root_of(std::span<const std::byte> superblock) noexcept { return address_in(superblock, 36); }

std::uint64_t end_of(std::span<const std::byte> superblock) noexcept { return address_in(superblock, 28); }

}  // namespace tessera::hdf5
