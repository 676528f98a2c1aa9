#include "grid/chunk_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/saturate.hpp"

namespace tessera::grid {

namespace {

/// The weights of the goals against each other, in units of "one factor of two away from the target size".
constexpr double weight_of_sharing = 8;        // per part of the chunks that is shared, 0 to 1
constexpr double weight_of_padding = 3;        // per part of the field that is padded
constexpr double weight_of_elongation = 0.25;  // per factor of two between the longest and the shortest edge

/// One extent on one axis with everything that its cost depends on.
struct Candidate {
  std::int64_t extent = 1;
  double log2_extent = 0;
  double log2_of_block = 0;  ///< extent / mean block extent
  double whole = 1;          ///< 1 - cut_share
  double padded = 1;         ///< extents of all chunks together / extent of the field
  bool full = false;         ///< covers the field on this axis: cannot be longer
  bool full_block = false;   ///< covers the mean block
};

Candidate describe_candidate(const ChunkAxis& axis, std::int64_t extent) {
  Candidate result;
  const std::int64_t chunks = (axis.extent - 1) / extent + 1;
  result.extent = extent;
  result.log2_extent = std::log2(static_cast<double>(extent));
  result.log2_of_block = result.log2_extent - std::log2(axis.mean_block);
  result.whole = 1 - cut_share(axis, extent);
  result.padded = static_cast<double>(chunks) * static_cast<double>(extent) / static_cast<double>(axis.extent);
  result.full = extent == axis.extent;
  result.full_block = result.full || result.log2_of_block >= 0;
  return result;
}

using Candidates = std::vector<std::vector<Candidate>>;  // per axis

/// Factors of two between the longest edge and the shortest that could be longer; the first one is free.
class Elongation {
 public:
  void add(double log2_edge, bool can_be_longer) {
    longest_ = std::max(longest_, log2_edge);
    if (can_be_longer) shortest_ = std::min(shortest_, log2_edge);
  }
  double value() const { return std::max(0.0, longest_ - 1 - shortest_); }

 private:
  double longest_ = std::numeric_limits<double>::lowest();
  double shortest_ = std::numeric_limits<double>::max();
};

/// Tries every combination of candidates and keeps the cheapest: the first one among equals, so that slow axes get the
/// short edges.
class Search {
 public:
  explicit Search(const ChunkSizes& sizes) : sizes_(sizes) {}

  FoundChunk run(const Candidates& axes) {
    std::vector<const Candidate*> chosen(axes.size());
    descend(axes, chosen, 0, sizes_.cell_bytes);
    return best_;
  }

 private:
  void descend(const Candidates& axes, std::vector<const Candidate*>& chosen, std::size_t axis, std::int64_t bytes) {
    if (axis == axes.size()) {
      consider(chosen, bytes);
      return;
    }
    for (const Candidate& candidate : axes[axis]) {
      const std::int64_t next_bytes = saturating_product(bytes, candidate.extent);
      if (next_bytes > sizes_.max_bytes) break;  // candidates ascend
      chosen[axis] = &candidate;
      descend(axes, chosen, axis + 1, next_bytes);
    }
  }

  void consider(const std::vector<const Candidate*>& chosen, std::int64_t bytes) {
    const bool allowed = bytes >= sizes_.min_bytes;
    const double cost = allowed ? cost_of(chosen, bytes) : -static_cast<double>(bytes);
    constexpr double rounding = 1e-9;
    const bool first = best_.chunk.empty();
    if (!first && (allowed == best_.allowed ? cost > best_cost_ - rounding : best_.allowed)) return;
    best_cost_ = cost;
    best_ = {Index::filled(chosen.size(), 0), allowed};
    for (std::size_t axis = 0; axis < chosen.size(); ++axis) best_.chunk[axis] = chosen[axis]->extent;
  }

  double cost_of(const std::vector<const Candidate*>& chosen, std::int64_t bytes) const {
    double whole = 1;
    double padded = 1;
    Elongation of_chunk;
    Elongation of_blocks;
    for (const Candidate* candidate : chosen) {
      whole *= candidate->whole;
      padded *= candidate->padded;
      of_chunk.add(candidate->log2_extent, !candidate->full);
      of_blocks.add(candidate->log2_of_block, !candidate->full_block);
    }
    return weight_of_sharing * (1 - whole) + weight_of_padding * (padded - 1) +
           weight_of_elongation * (of_chunk.value() + of_blocks.value()) +
           std::abs(std::log2(static_cast<double>(bytes) / static_cast<double>(sizes_.target_bytes)));
  }

  ChunkSizes sizes_;
  FoundChunk best_;
  double best_cost_ = 0;
};

}  // namespace

FoundChunk search_chunk(std::span<const ChunkAxis> axes, const ChunkSizes& sizes, bool aligned) {
  Candidates candidates;
  for (const ChunkAxis& axis : axes) {
    std::vector<Candidate>& of_axis = candidates.emplace_back();
    for (const std::int64_t extent : candidate_extents(axis, sizes.max_bytes / sizes.cell_bytes, aligned)) {
      of_axis.push_back(describe_candidate(axis, extent));
    }
  }
  return Search(sizes).run(candidates);
}

}  // namespace tessera::grid
