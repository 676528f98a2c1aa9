#include "grid/chunk_choice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/saturate.hpp"
#include "grid/chunk_axis.hpp"
#include "grid/merged_boxes.hpp"
#include "grid/shared_chunks.hpp"

namespace tessera::grid {

namespace {

/// HDF5 stores a chunk's size in 32 bits.
constexpr std::int64_t format_limit_bytes = (std::int64_t{1} << 32) - 1;

/// The weights of the wishes against each other, in units of "one factor of two away from the wished size".
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

/// Tries every combination of candidates and keeps the cheapest; the first one found among equals, so that the slow axes
/// get the short edges.
class Search {
 public:
  Search(const ChunkRequest& request, std::int64_t min_bytes, std::int64_t max_bytes)
      : cell_bytes_(request.cell_bytes), min_bytes_(min_bytes), max_bytes_(max_bytes),
        target_bytes_(static_cast<double>(std::clamp(request.target_bytes, min_bytes, max_bytes))) {}

  void run(const std::vector<std::vector<Candidate>>& axes) {
    std::vector<const Candidate*> chosen(axes.size());
    descend(axes, chosen, 0, cell_bytes_);
  }
  /// True when a chunk of allowed size was found.
  bool satisfied() const { return !best_.empty() && !best_too_small_; }
  const Index& best() const { return best_; }

 private:
  void descend(const std::vector<std::vector<Candidate>>& axes, std::vector<const Candidate*>& chosen, std::size_t axis,
               std::int64_t bytes) {
    if (axis == axes.size()) {
      consider(chosen, bytes);
      return;
    }
    for (const Candidate& candidate : axes[axis]) {
      const std::int64_t next_bytes = saturating_product(bytes, candidate.extent);
      if (next_bytes > max_bytes_) break;  // candidates ascend
      chosen[axis] = &candidate;
      descend(axes, chosen, axis + 1, next_bytes);
    }
  }

  void consider(const std::vector<const Candidate*>& chosen, std::int64_t bytes) {
    const bool too_small = bytes < min_bytes_;
    const double cost = too_small ? -static_cast<double>(bytes) : cost_of(chosen, bytes);
    constexpr double rounding = 1e-9;
    const bool better = best_.empty() || (too_small == best_too_small_ ? cost < best_cost_ - rounding : !too_small);
    if (!better) return;
    best_cost_ = cost;
    best_too_small_ = too_small;
    best_ = Index::filled(chosen.size(), 0);
    for (std::size_t axis = 0; axis < chosen.size(); ++axis) best_[axis] = chosen[axis]->extent;
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
           std::abs(std::log2(static_cast<double>(bytes) / target_bytes_));
  }

  std::int64_t cell_bytes_;
  std::int64_t min_bytes_;
  std::int64_t max_bytes_;
  double target_bytes_;
  double best_cost_ = 0;
  bool best_too_small_ = false;
  Index best_;
};

std::vector<std::vector<Candidate>> candidates(const std::vector<ChunkAxis>& axes, std::int64_t max_cells, bool aligned) {
  std::vector<std::vector<Candidate>> result;
  for (const ChunkAxis& axis : axes) {
    std::vector<Candidate>& of_axis = result.emplace_back();
    for (const std::int64_t extent : candidate_extents(axis, max_cells, aligned)) {
      of_axis.push_back(describe_candidate(axis, extent));
    }
  }
  return result;
}

std::string size_text(std::int64_t bytes) {
  if (bytes < 10 << 10) return std::to_string(bytes) + " bytes";
  if (bytes < 10 << 20) return std::to_string(bytes >> 10) + " KiB";
  return std::to_string(bytes >> 20) + " MiB";
}

std::int64_t bytes_of(const Index& extents, std::int64_t cell_bytes) {
  std::int64_t bytes = cell_bytes;
  for (const std::int64_t extent : extents) bytes = saturating_product(bytes, extent);
  return bytes;
}

std::string sharing_text(const ChunkChoice& choice) {
  if (choice.shared_chunks == 0) return "no chunk is shared by ranks";
  return std::to_string(choice.shared_chunks) + " of " + std::to_string(choice.chunks) + " chunks are shared by ranks";
}

ChunkChoice described(const ChunkRequest& request, const std::vector<OwnedBox>& blocks, const Index& chunk) {
  ChunkChoice choice;
  choice.chunk = chunk;
  choice.chunks = count_chunks(request.shape, chunk);
  choice.shared_chunks = count_shared_chunks(request.shape, chunk, blocks);
  choice.reason = size_text(bytes_of(chunk, request.cell_bytes)) + " each, " + sharing_text(choice);
  return choice;
}

}  // namespace

ChunkChoice choose_chunk(const ChunkRequest& request) {
  const std::vector<OwnedBox> blocks = merged_boxes(request.boxes);
  const std::int64_t field_bytes = bytes_of(request.shape, request.cell_bytes);
  const std::int64_t max_bytes = std::max(std::min(request.max_bytes, format_limit_bytes), request.cell_bytes);
  const std::int64_t min_bytes = std::min({request.min_bytes, field_bytes, max_bytes});

  std::vector<ChunkAxis> axes;
  for (std::size_t axis = 0; axis < request.shape.size(); ++axis) {
    axes.push_back(describe_axis(request.shape, blocks, axis));
  }
  const std::int64_t max_cells = max_bytes / request.cell_bytes;
  Search search(request, min_bytes, max_bytes);
  search.run(candidates(axes, max_cells, true));
  const bool aligned = search.satisfied();
  if (!aligned) search.run(candidates(axes, max_cells, false));

  ChunkChoice choice = described(request, blocks, search.best());
  if (field_bytes <= request.min_bytes) {
    choice.reason += ": the field is smaller than the smallest chunk of " + size_text(request.min_bytes);
  } else if (std::ranges::all_of(axes, [](const ChunkAxis& axis) { return axis.faces.empty(); })) {
    choice.reason += ": chosen by size, as no boundary between ranks lies inside the field";
  } else if (aligned) {
    choice.reason += ": chosen to follow the boundaries of the ranks' blocks";
  } else {
    choice.reason += ": the boundaries of the ranks' blocks leave no common chunk of " + size_text(min_bytes) + " or more";
  }
  return choice;
}

ChunkChoice describe_chunk(const ChunkRequest& request, const Index& chunk) {
  ChunkChoice choice = described(request, merged_boxes(request.boxes), chunk);
  choice.reason += ": the shape was given";
  return choice;
}

}  // namespace tessera::grid
