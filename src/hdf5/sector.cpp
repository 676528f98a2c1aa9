#include "hdf5/sector.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::size_t size_of_number = 8;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void Sector::sign(std::string_view signature) {
  std::ranges::transform(signature, bytes_.begin(), [](char letter) { return static_cast<std::byte>(letter); });
}

void Sector::put(std::size_t position, std::uint64_t number) {
  for (std::size_t i = 0; i < size_of_number; ++i) {
    bytes_[position * size_of_number + i] = static_cast<std::byte>(number >> (8 * i) & 0xff);
  }
}

void Sector::put(std::size_t position, const std::vector<Extent>& extents) {
  for (const Extent& extent : extents) {
    put(position++, extent.begin);
    put(position++, extent.end);
  }
}

bool StoredSector::is_signed(std::string_view signature) const {
  return text_of(bytes_.first(signature.size())) == signature;
}

std::uint64_t StoredSector::number(std::size_t position) const {
  std::uint64_t number = 0;
  for (std::size_t i = size_of_number; i-- > 0;) {
    number = number << 8 | std::to_integer<std::uint64_t>(bytes_[position * size_of_number + i]);
  }
  return number;
}

std::uint64_t StoredSector::digest(std::size_t position, std::size_t numbers) const {
  return tessera::digest(text_of(bytes_.subspan(position * size_of_number, numbers * size_of_number)));
}

}  // namespace tessera::hdf5
