#pragma once

#include <cstdint>
#include <vector>

#include <tessera/tessera.hpp>

#include "program.hpp"

/// \file
/// The refinement of random programs: two levels, whose boxes follow from a number; check_fuzz.py finds them in the
/// file.

namespace fuzz {

inline tessera::RefinementOptions levels_options() { return {.cells = {6, 8}, .chunk_cells = 8}; }

/// This rank's. Each has a slab of level 0, so that one that leaves out its share is noticed; level 1 has up to two
/// boxes, on two ranks or one.
inline tessera::LevelBoxes boxes_of(int pattern, int rank, int ranks) {
  tessera::LevelBoxes own(2);
  own[0].push_back({{std::int64_t{6} * rank / ranks, 0}, {std::int64_t{6} * (rank + 1) / ranks, 8}});
  if (own[0].front().empty()) own[0].clear();
  const std::int64_t x = 2 * (pattern % 5);
  if (pattern % 4 != 3 && pattern % ranks == rank) own[1].push_back({{2, x}, {8, x + 6}});
  if (pattern % 4 == 1 && (pattern + 1) % ranks == rank) own[1].push_back({{8, 0}, {12, 4}});
  return own;
}

/// Values in the cells of a box, from what `value` makes of a number: cells count through their level.
template <class T, class Value>
std::vector<T> values_in(const tessera::Box& box, int level, std::int64_t components, const Value& value) {
  std::vector<T> values;
  const std::int64_t width = std::int64_t{8} << level;
  for (std::int64_t y = box.lower[0]; y < box.upper[0]; ++y) {
    for (std::int64_t i = (y * width + box.lower[1]) * components; i < (y * width + box.upper[1]) * components; ++i)
      values.push_back(value(i + 100 * level));
  }
  return values;
}

}  // namespace fuzz
