#include "hdf5/free_record.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>

#include "hdf5/sector.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::string_view signature = "TESSFREE";
constexpr std::uint64_t first_extent = FreeRecord::offset + FreeRecord::capacity;
// Positions of numbers, behind the signature.
constexpr std::size_t count_at = 1;
constexpr std::size_t digest_at = 2;  ///< of the count and the extents
constexpr std::size_t extents_at = 3;
constexpr std::size_t per_extent = 2;
constexpr std::size_t number_bytes = 8;
/// The trees' part begins there. Where a writer knew nothing of it there may be extents of chunks.
constexpr std::size_t trees_at = FreeRecord::capacity - TreeRecord::capacity;
constexpr std::size_t max_extents = (trees_at / number_bytes - extents_at) / per_extent;
constexpr std::size_t max_stored = (FreeRecord::capacity / number_bytes - extents_at) / per_extent;

std::uint64_t digest_of(const StoredSector& sector, std::size_t count) {
  return sector.digest(count_at, 1) ^ sector.digest(extents_at, count * per_extent);
}

std::vector<Extent> chunks_in(const StoredSector& sector, std::uint64_t end) {
  std::vector<Extent> extents;
  const std::uint64_t count = sector.number(count_at);
  if (count > max_stored || sector.number(digest_at) != digest_of(sector, count)) return extents;
  std::uint64_t least = first_extent;
  for (std::size_t i = 0; i < count; ++i) {
    const Extent extent = sector.extent(extents_at + i * per_extent);
    if (extent.begin < least || extent.end <= extent.begin || extent.end > end) return {};
    extents.push_back(extent);
    least = extent.end;
  }
  return extents;
}

}  // namespace

FreeRecord::Bytes FreeRecord::bytes() const {
  std::vector<Extent> extents = chunks;
  if (extents.size() > max_extents) {
    std::ranges::nth_element(extents, extents.begin() + max_extents, std::greater(), &Extent::size);
    extents.resize(max_extents);
    std::ranges::sort(extents, {}, &Extent::begin);
  }
  Bytes bytes{};
  Sector sector(bytes);
  sector.sign(signature);
  sector.put(count_at, extents.size());
  sector.put(extents_at, extents);
  sector.put(digest_at, digest_of(StoredSector(bytes), extents.size()));
  if (trees) trees->write(std::span(bytes).subspan<trees_at>());
  return bytes;
}

std::optional<FreeRecord> FreeRecord::read(const Bytes& bytes, std::uint64_t end) {
  const StoredSector sector(bytes);
  if (!sector.is_signed(signature)) return std::nullopt;
  return FreeRecord{chunks_in(sector, end), TreeRecord::read(std::span(bytes).subspan<trees_at>(), end)};
}

}  // namespace tessera::hdf5
