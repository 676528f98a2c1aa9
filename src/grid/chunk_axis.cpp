#include "grid/chunk_axis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/saturate.hpp"

namespace tessera::grid {

namespace {

std::int64_t area(const Index& extents, std::size_t axis) {
  std::int64_t cells = 1;
  for (std::size_t other = 0; other < extents.size(); ++other) {
    if (other != axis) cells = saturating_product(cells, extents[other]);
  }
  return cells;
}

void add_divisors(std::vector<std::int64_t>& extents, std::int64_t number, std::int64_t limit) {
  // Trial division stops at a million: a larger pair of divisors would be a chunk of far too many cells or a rare loss.
  constexpr std::int64_t last_trial = 1 << 20;
  for (std::int64_t divisor = 1; divisor <= std::min(limit, last_trial) && divisor <= number / divisor; ++divisor) {
    if (number % divisor != 0) continue;
    extents.push_back(divisor);
    if (number / divisor <= limit) extents.push_back(number / divisor);
  }
}

void add_fractions_and_multiples(std::vector<std::int64_t>& extents, std::int64_t of) {
  for (std::int64_t k = 1; k <= 8; ++k) {
    extents.push_back((of + k - 1) / k);
    extents.push_back(saturating_product(of, k));
  }
}

/// Sorts, drops what is out of range and what is close to a larger one when there are many.
void tidy(std::vector<std::int64_t>& extents, std::int64_t limit) {
  std::erase_if(extents, [limit](std::int64_t extent) { return extent < 1 || extent > limit; });
  std::ranges::sort(extents, std::greater<>());
  extents.erase(std::unique(extents.begin(), extents.end()), extents.end());
  constexpr std::size_t many = 24;
  if (extents.size() > many) {
    std::vector<std::int64_t> kept;
    for (const std::int64_t extent : extents) {
      const bool distinct = kept.empty() || static_cast<double>(kept.back()) >= 1.2 * static_cast<double>(extent);
      if (distinct || extent == 1) kept.push_back(extent);
    }
    extents = kept;
  }
  std::ranges::reverse(extents);
}

}  // namespace

std::vector<Plane> planes_of(const Index& shape, std::span<const OwnedBox> blocks, std::size_t axis) {
  std::vector<Plane> planes;
  for (const OwnedBox& owned : blocks) {
    const std::int64_t cells = area(owned.box.extents(), axis);
    if (owned.box.upper[axis] < shape[axis]) planes.push_back({owned.box.upper[axis], cells, 0});
    if (owned.box.lower[axis] > 0) planes.push_back({owned.box.lower[axis], 0, cells});
  }
  return added_up(std::move(planes));
}

std::vector<Plane> added_up(std::vector<Plane> planes) {
  std::ranges::sort(planes, {}, &Plane::at);
  std::size_t kept = 0;
  for (std::size_t next = 1; next < planes.size(); ++next) {
    if (planes[next].at != planes[kept].at) {
      planes[++kept] = planes[next];
    } else {
      planes[kept].area_below = saturating_sum(planes[kept].area_below, planes[next].area_below);
      planes[kept].area_above = saturating_sum(planes[kept].area_above, planes[next].area_above);
    }
  }
  planes.resize(std::min(planes.size(), kept + 1));
  return planes;
}

std::vector<ChunkAxis::Face> faces_among(const Index& shape, std::span<const Plane> planes, std::size_t axis) {
  const double cross_section = static_cast<double>(area(shape, axis));
  std::vector<ChunkAxis::Face> faces;
  for (const Plane& plane : planes) {
    const double share = static_cast<double>(std::min(plane.area_below, plane.area_above)) / cross_section;
    if (share > 0) faces.push_back({plane.at, std::min(share, 1.0)});
  }
  return faces;
}

ChunkAxis describe_axis(const Index& shape, std::span<const OwnedBox> blocks, std::size_t axis) {
  ChunkAxis result;
  result.extent = shape[axis];
  result.max_block = blocks.empty() ? shape[axis] : 1;
  std::int64_t sum = 0;
  for (const OwnedBox& owned : blocks) {
    const std::int64_t extent = owned.box.upper[axis] - owned.box.lower[axis];
    result.max_block = std::max(result.max_block, extent);
    sum = saturating_sum(sum, extent);
  }
  result.mean_block =
      blocks.empty() ? static_cast<double>(shape[axis]) : static_cast<double>(sum) / static_cast<double>(blocks.size());
  const bool one_rank = std::ranges::all_of(blocks, [&](const OwnedBox& o) { return o.rank == blocks[0].rank; });
  if (!one_rank) result.faces = faces_among(shape, planes_of(shape, blocks, axis), axis);
  return result;
}

double cut_share(const ChunkAxis& axis, std::int64_t chunk) {
  double cut = 0;
  double cut_here = 0;
  std::int64_t here = -1;
  for (const ChunkAxis::Face& face : axis.faces) {
    if (face.at % chunk == 0) continue;
    if (face.at / chunk != here) {
      cut += cut_here;
      cut_here = 0;
      here = face.at / chunk;
    }
    cut_here = std::min(1.0, cut_here + face.share);
  }
  const std::int64_t chunks = (axis.extent - 1) / chunk + 1;
  return (cut + cut_here) / static_cast<double>(chunks);
}

std::vector<std::int64_t> candidate_extents(const ChunkAxis& axis, std::int64_t limit, bool aligned) {
  limit = std::max<std::int64_t>(1, std::min(axis.extent, limit));
  std::vector<std::int64_t> extents{1};
  if (aligned && !axis.faces.empty()) {
    std::int64_t divisor = axis.other_faces;
    for (const ChunkAxis::Face& face : axis.faces) divisor = std::gcd(divisor, face.at);
    add_divisors(extents, divisor, limit);
  } else {
    add_fractions_and_multiples(extents, axis.extent);
    add_fractions_and_multiples(extents, axis.max_block);
    add_fractions_and_multiples(extents, std::llround(axis.mean_block));
    for (std::int64_t power = 1; power <= limit / 2; power *= 2) extents.push_back(2 * power);
  }
  tidy(extents, limit);
  return extents;
}

}  // namespace tessera::grid
