#include "writer/level_boxes.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/gather.hpp"
#include "grid/any_overlap.hpp"
#include "grid/nesting.hpp"
#include "grid/overlap.hpp"

namespace tessera::detail {

namespace {

using grid::OwnedBox;
/// All ranks' boxes of each level.
using AllBoxes = std::vector<std::vector<OwnedBox>>;

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
    if (box.lower[axis] % ratio == 0 && box.upper[axis] % ratio == 0) continue;
    refuse(ErrorCode::invalid_argument, "cuts cells of level " + std::to_string(level - 1) +
                                            "; begin and end at multiples of the ratio, " + std::to_string(ratio));
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

/// Of each box its level and its bounds.
std::vector<std::int64_t> packed(const LevelBoxes& own) {
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

AllBoxes unpacked(const comm::Gathered& all, std::size_t levels, std::size_t axes) {
  AllBoxes boxes(levels);
  for (std::size_t rank = 0; rank + 1 < all.begin.size(); ++rank) {
    std::vector<int> counts(levels, 0);
    for (std::size_t at = all.begin[rank]; at < all.begin[rank + 1]; at += 1 + 2 * axes) {
      const std::int64_t* numbers = all.values.data() + at;
      const auto level = static_cast<std::size_t>(numbers[0]);
      const Box box{{numbers + 1, numbers + 1 + axes}, {numbers + 1 + axes, numbers + 1 + 2 * axes}};
      boxes[level].push_back({box, static_cast<int>(rank), counts[level]++});
    }
  }
  return boxes;
}

std::vector<Box> plain(const std::vector<OwnedBox>& owned) {
  std::vector<Box> boxes;
  for (const OwnedBox& one : owned) boxes.push_back(one.box);
  return boxes;
}

/// That this rank's boxes share no cells with any, where some do.
void check_overlaps(const RefinementEntry& refinement, std::size_t level, const std::vector<OwnedBox>& all, int rank) {
  if (!grid::any_overlap(plain(all))) return;
  std::vector<OwnedBox> own;
  std::ranges::copy_if(all, std::back_inserter(own), [&](const OwnedBox& box) { return box.rank == rank; });
  const auto found = grid::find_overlap(own, all);
  if (!found) return;  // others have
  const auto side = [](const OwnedBox& box) {
    return to_string(box.box) + " (rank " + std::to_string(box.rank) + ", number " + std::to_string(box.number) + ")";
  };
  throw Error(ErrorCode::overlap, refinement.described() + ": on level " + std::to_string(level) + " the boxes " +
                                      side(found->first) + " and " + side(found->second) + " share the cells " +
                                      to_string(found->common) + "; give each cell once");
}

/// That this rank's boxes lie inside those of the level before.
void check_nesting(const RefinementEntry& refinement, std::size_t level, const std::vector<Box>& own,
                   const std::vector<OwnedBox>& coarser) {
  const std::int64_t ratio = refinement.levels[level].description.ratio;
  std::vector<Box> boxes = own;
  for (Box& box : boxes) {
    for (std::int64_t& cell : box.lower) cell /= ratio;
    for (std::int64_t& cell : box.upper) cell /= ratio;
  }
  const auto found = grid::find_uncovered(boxes, plain(coarser));
  if (!found) return;
  throw Error(ErrorCode::not_covered, named(refinement, level, *found, own[*found]) +
                                          " is not inside the boxes of level " + std::to_string(level - 1) +
                                          ", of whose cells it covers " + to_string(boxes[*found]) + "; refine level " +
                                          std::to_string(level - 1) + " there, too");
}

/// The same on every rank.
void check_level_0(const RefinementEntry& refinement, const std::vector<OwnedBox>& boxes) {
  const Index& cells = refinement.levels.front().description.cells;
  std::int64_t given = 0;
  for (const OwnedBox& box : boxes) given += box.box.volume();
  const std::int64_t all = Box::at(Index::filled(cells.size(), 0), cells).volume();
  if (given == all) return;
  throw made_error(ErrorCode::not_covered, {}, [&] {
    return Error(ErrorCode::not_covered, refinement.described() + ": the boxes of level 0 have " +
                                             std::to_string(given) + " of the domain's " + std::to_string(all) +
                                             " cells; they have to fill it");
  });
}

}  // namespace

std::vector<std::vector<Box>> checked_boxes(const comm::Communicator& comm, const RefinementEntry& refinement,
                                            const LevelBoxes& own) {
  std::vector<std::vector<Box>> result;
  std::vector<std::int64_t> numbers;
  std::optional<Error> failure;
  attempt(failure, [&] {
    check_own(refinement, own);
    result = own;
    result.resize(refinement.levels.size());
    numbers = packed(own);
  });
  const comm::Gathered gathered = comm::all_gather(comm, std::move(numbers), std::move(failure));
  AllBoxes all;
  failure = std::nullopt;
  attempt(failure, [&] {
    all = unpacked(gathered, refinement.levels.size(), refinement.options.cells.size());
    for (std::size_t level = 0; level < all.size(); ++level) {
      check_overlaps(refinement, level, all[level], comm.rank());
      if (level > 0) check_nesting(refinement, level, result[level], all[level - 1]);
    }
  });
  comm::conclude(comm, "boxes of a refinement", failure);
  check_level_0(refinement, all.front());
  return result;
}

}  // namespace tessera::detail
