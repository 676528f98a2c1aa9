#pragma once

#include <cstdint>
#include <vector>

#include <tessera/tessera.hpp>

/// \file
/// A refinement of three levels whose boxes move; tests/interop/levels.py works out the same.

namespace tessera_test {

enum class Kind {
  moving,     ///< other boxes, and other ranks for them, in each step
  steady,     ///< those of step 0 in each step
  last_rank,  ///< the moving ones, all on the last rank
};

inline const tessera::RefinementOptions levels_options{
    .cells = {6, 8, 10}, .levels = 3, .ratio = {2, 3}, .spacing = {0.5, 1, 2}, .origin = {-1, 0, 1}, .unit = "m"};

/// Of all ranks. In step 3 there is level 0 alone, in odd ones there is no level 2.
inline tessera::LevelBoxes level_boxes(Kind kind, int step) {
  if (kind == Kind::steady) step = 0;
  const std::int64_t s = step % 3;
  tessera::LevelBoxes boxes(3);
  boxes[0] = {{{0, 0, 0}, {6, 3, 4}}, {{0, 0, 4}, {6, 3, 10}}, {{0, 3, 0}, {6, 8, 4}}, {{0, 3, 4}, {6, 8, 10}}};
  if (step != 3) boxes[1] = {{{2, 2 + 2 * s, 4}, {8, 8 + 2 * s, 10}}, {{2, 2 + 2 * s, 10}, {8, 6 + 2 * s, 16}}};
  if (step % 2 == 0)
    boxes[2] = {{{9, 12 + 6 * s, 15}, {18, 18 + 6 * s, 24}}, {{6, 6 + 6 * s, 27}, {9, 12 + 6 * s, 33}}};
  return boxes;
}

inline int owner_of(Kind kind, int level, int number, int step, int ranks) {
  if (kind == Kind::last_rank) return ranks - 1;
  return (level + number + (kind == Kind::steady ? 0 : step)) % ranks;
}

inline tessera::LevelBoxes own_boxes(Kind kind, int step, int rank, int ranks) {
  tessera::LevelBoxes own(3);
  const tessera::LevelBoxes all = level_boxes(kind, step);
  for (int level = 0; level < 3; ++level) {
    const auto l = static_cast<std::size_t>(level);
    for (std::size_t number = 0; number < all[l].size(); ++number) {
      if (owner_of(kind, level, static_cast<int>(number), step, ranks) == rank) own[l].push_back(all[l][number]);
    }
  }
  return own;
}

/// Exact in double, below 2^24 without the level and the step.
inline double level_value(int level, int step, std::int64_t z, std::int64_t y, std::int64_t x) {
  return 1e9 * level + 1e7 * step + static_cast<double>((z * 48 + y) * 60 + x);
}

/// The cells of a box with `halo` layers around it, which are -1, in C order; `then` makes the element of a value.
template <class T, class Then>
std::vector<T> level_values(const tessera::Box& box, int level, int step, std::int64_t halo, const Then& then) {
  std::vector<T> values;
  for (std::int64_t z = box.lower[0] - halo; z < box.upper[0] + halo; ++z) {
    for (std::int64_t y = box.lower[1] - halo; y < box.upper[1] + halo; ++y) {
      for (std::int64_t x = box.lower[2] - halo; x < box.upper[2] + halo; ++x) {
        const bool is_inside = box.contains(tessera::Box::at({z, y, x}, {1, 1, 1}));
        values.push_back(is_inside ? then(level_value(level, step, z, y, x)) : T(-1));
      }
    }
  }
  return values;
}

}  // namespace tessera_test
