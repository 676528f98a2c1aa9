#include "hdf5/free_record.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/digest.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::string_view signature = "TESSFREE";
constexpr std::size_t header = 24;  // signature, count, digest of count and extents
constexpr std::size_t per_extent = 16;
constexpr std::size_t max_extents = (FreeRecord::capacity - header) / per_extent;
constexpr std::uint64_t first_extent = FreeRecord::offset + FreeRecord::capacity;

/// Little-endian, as all numbers of HDF5's own.
void put(std::span<std::byte> bytes, std::size_t at, std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::byte>(number >> (8 * i) & 0xff);
}

std::uint64_t get(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  return number;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t digest_of(const FreeRecord::Bytes& bytes, std::size_t count) {
  const std::span all(bytes);
  return digest(text_of(all.subspan(8, 8))) ^ digest(text_of(all.subspan(header, count * per_extent)));
}

}  // namespace

FreeRecord::Bytes FreeRecord::bytes_of(std::vector<Extent> extents) {
  if (extents.size() > max_extents) {
    std::ranges::nth_element(extents, extents.begin() + max_extents, std::greater(), &Extent::size);
    extents.resize(max_extents);
    std::ranges::sort(extents, {}, &Extent::begin);
  }
  Bytes bytes{};
  std::ranges::transform(signature, bytes.begin(), [](char letter) { return static_cast<std::byte>(letter); });
  put(bytes, 8, extents.size());
  for (std::size_t i = 0; i < extents.size(); ++i) {
    put(bytes, header + i * per_extent, extents[i].begin);
    put(bytes, header + i * per_extent + 8, extents[i].end);
  }
  put(bytes, 16, digest_of(bytes, extents.size()));
  return bytes;
}

std::optional<std::vector<Extent>> FreeRecord::read(const Bytes& bytes, std::uint64_t end) {
  if (text_of(std::span(bytes).first(signature.size())) != signature) return std::nullopt;
  std::vector<Extent> extents;
  const std::uint64_t count = get(bytes, 8);
  if (count > max_extents || get(bytes, 16) != digest_of(bytes, count)) return extents;
  std::uint64_t least = first_extent;
  for (std::size_t i = 0; i < count; ++i) {
    const Extent extent{get(bytes, header + i * per_extent), get(bytes, header + i * per_extent + 8)};
    if (extent.begin < least || extent.end <= extent.begin || extent.end > end) return std::vector<Extent>();
    extents.push_back(extent);
    least = extent.end;
  }
  return extents;
}

}  // namespace tessera::hdf5
