#include "writer/level_boxes.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "base/saturate.hpp"
#include "comm/agree.hpp"
#include "comm/gather.hpp"
#include "grid/any_overlap.hpp"
#include "grid/nesting.hpp"

namespace tessera::detail {

namespace {

/// All ranks' boxes of a level, those of rank 0 first.
struct RanksBoxes {
  std::vector<Box> boxes;
  std::vector<std::size_t> begins;  ///< of each rank's
};
using AllBoxes = std::vector<RanksBoxes>;

std::string named(const RefinementEntry& refinement, std::size_t level, std::size_t number, const Box& box) {
  return refinement.described() + ": the box " + to_string(box) + ", number " + std::to_string(number) +
         " of this rank on level " + std::to_string(level) + ",";
}

/// One box, without the others.
void check_box(const RefinementEntry& refinement, std::size_t level, std::size_t number, const Box& box) {
  const auto& [cells, ratio, spacing] = refinement.levels[level].description;
  const auto refuse = [&](ErrorCode code, const std::string& what) {
    throw Error(code, named(refinement, level, number, box) + " " + what);
  };
  if (box.lower.size() != cells.size() || box.upper.size() != cells.size())
    refuse(ErrorCode::invalid_argument, "needs one range for each of the " + std::to_string(cells.size()) + " axes");
  if (box.empty()) refuse(ErrorCode::invalid_argument, "has no cells; leave it out");
  const Box domain = Box::at(Index::filled(cells.size(), 0), cells);
  if (!domain.contains(box)) {
    refuse(ErrorCode::out_of_bounds, "reaches outside the domain " + to_string(domain) +
                                         "; give the owned cells without halo, in cells of their level");
  }
  for (std::size_t axis = 0; axis < cells.size(); ++axis) {
    if (box.lower[axis] % ratio[axis] == 0 && box.upper[axis] % ratio[axis] == 0) continue;
    refuse(ErrorCode::invalid_argument, "cuts cells of level " + std::to_string(level - 1) +
                                            "; begin and end at multiples of the ratio, " + schema::ratio_text(ratio));
  }
}

void check_own(const RefinementEntry& refinement, const LevelBoxes& own) {
  if (own.size() > refinement.levels.size()) {
    throw Error(ErrorCode::invalid_argument, refinement.described() + ": boxes of " + std::to_string(own.size()) +
                                                 " levels were given, and RefinementOptions::levels is " +
                                                 std::to_string(refinement.levels.size()));
  }
  for (std::size_t level = 0; level < own.size(); ++level) {
    for (std::size_t number = 0; number < own[level].size(); ++number)
      check_box(refinement, level, number, own[level][number]);
  }
}

/// Bits of levels whose boxes are those of the regrid before.
std::uint64_t unchanged(const RefinementEntry& refinement, const std::vector<std::vector<Box>>& own) {
  std::uint64_t bits = 0;
  for (std::size_t level = 0; level < own.size(); ++level) {
    const LevelEntry& before = refinement.levels[level];
    if (before.version > 0 && before.own == own[level]) bits |= std::uint64_t{1} << level;
  }
  return bits;
}

/// Of each box its level and its bounds.
std::vector<std::int64_t> packed_boxes(const LevelBoxes& own) {
  std::vector<std::int64_t> numbers;
  for (std::size_t level = 0; level < own.size(); ++level) {
    for (const Box& box : own[level]) {
      numbers.push_back(static_cast<std::int64_t>(level));
      numbers.insert(numbers.end(), box.lower.begin(), box.lower.end());
      numbers.insert(numbers.end(), box.upper.begin(), box.upper.end());
    }
  }
  return numbers;
}

AllBoxes unpacked_boxes(const comm::Gathered& all, std::size_t levels, std::size_t axes) {
  AllBoxes unpacked(levels);
  for (std::size_t rank = 0; rank + 1 < all.begin.size(); ++rank) {
    for (RanksBoxes& level : unpacked) level.begins.push_back(level.boxes.size());
    for (std::size_t at = all.begin[rank]; at < all.begin[rank + 1]; at += 1 + 2 * axes) {
      const std::int64_t* numbers = all.values.data() + at;
      unpacked[static_cast<std::size_t>(numbers[0])].boxes.push_back(
          {{numbers + 1, numbers + 1 + axes}, {numbers + 1 + axes, numbers + 1 + 2 * axes}});
    }
  }
  return unpacked;
}

/// That no boxes of a level share cells. The same on every rank.
void check_overlaps(const RefinementEntry& refinement, std::size_t level, const RanksBoxes& all) {
  const auto found = grid::any_overlap(all.boxes);
  if (!found) return;
  const auto side = [&](std::size_t number) {
    const auto after = std::ranges::upper_bound(all.begins, number);
    return to_string(all.boxes[number]) + " (rank " + std::to_string(after - all.begins.begin() - 1) + ", number " +
           std::to_string(number - *(after - 1)) + ")";
  };
  throw Error(ErrorCode::overlap, refinement.described() + ": on level " + std::to_string(level) + " the boxes " +
                                      side(found->first) + " and " + side(found->second) + " share the cells " +
                                      to_string(intersection(all.boxes[found->first], all.boxes[found->second])) +
                                      "; give each cell once");
}

/// That this rank's boxes lie inside those of the level before.
void check_nesting(const RefinementEntry& refinement, std::size_t level, const std::vector<Box>& own,
                   const std::vector<Box>& coarser) {
  std::vector<Box> boxes = own;
  for (Box& box : boxes) box = schema::coarsened(box, refinement.levels[level].description.ratio);
  const auto found = grid::find_uncovered(boxes, coarser);
  if (!found) return;
  throw Error(ErrorCode::not_covered, named(refinement, level, *found, own[*found]) +
                                          " is not inside the boxes of level " + std::to_string(level - 1) +
                                          ", of whose cells it covers " + to_string(boxes[*found]) + "; refine level " +
                                          std::to_string(level - 1) + " there, too");
}

/// The same on every rank.
void check_level_0(const RefinementEntry& refinement, const std::vector<Box>& boxes) {
  const Index& cells = refinement.levels.front().description.cells;
  std::int64_t given = 0;
  for (const Box& box : boxes) given = saturating_sum(given, box.volume());
  const std::int64_t all = Box::at(Index::filled(cells.size(), 0), cells).volume();
  if (given == all) return;
  throw made_error(ErrorCode::not_covered, {}, [&] {
    return Error(ErrorCode::not_covered, refinement.described() + ": the boxes of level 0 have " +
                                             std::to_string(given) + " of the domain's " + std::to_string(all) +
                                             " cells; they have to fill it");
  });
}

}  // namespace

CheckedBoxes checked_boxes(const comm::Communicator& comm, const RefinementEntry& refinement, const LevelBoxes& own) {
  CheckedBoxes result;
  std::vector<std::int64_t> numbers;
  std::optional<Error> failure;
  attempt(failure, [&] {
    check_own(refinement, own);
    result.own = own;
    result.own.resize(refinement.levels.size());
    result.stay = unchanged(refinement, result.own);
  });
  result.stay = comm::conclude(comm, "boxes of this rank", failure, result.stay).flags;
  const auto levels = std::uint64_t{1} << refinement.levels.size();
  if (result.stay == levels - 1) return result;  // all were checked before
  attempt(failure, [&] { numbers = packed_boxes(own); });
  comm::Gathered gathered = comm::all_gather(comm, std::move(numbers), std::move(failure));
  AllBoxes all;
  failure = std::nullopt;
  attempt(failure, [&] {
    all = unpacked_boxes(gathered, refinement.levels.size(), refinement.options.cells.size());
    gathered = {};
    for (std::size_t level = 0; level < all.size(); ++level) check_overlaps(refinement, level, all[level]);
    for (std::size_t level = 1; level < all.size(); ++level)
      check_nesting(refinement, level, result.own[level], all[level - 1].boxes);
  });
  comm::conclude(comm, "boxes of a refinement", failure);
  check_level_0(refinement, all.front().boxes);
  return result;
}

}  // namespace tessera::detail
