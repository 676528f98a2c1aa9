#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "grid/chunk_directory.hpp"

namespace tessera::pipeline {

/// The lists of several items (fields, say) as one list per rank, so that they travel together: for each item that has
/// something for the rank its number, how much it is, and the values. The only item of a bundle goes as it is.
class Bundle {
 public:
  Bundle() = default;
  explicit Bundle(std::size_t ranks) : lists_(ranks), at_(ranks, 0) {}

  /// The next item, on all ranks the same one.
  void add(grid::Lists lists);
  /// What goes to each rank; afterwards, what came from each.
  grid::Lists& lists() noexcept { return lists_; }
  /// The lists of one item that came; in ascending order of the items, once for each.
  grid::Lists take(std::size_t item);

 private:
  void number_the_first();

  std::size_t items_ = 0;
  grid::Lists lists_;
  std::vector<std::size_t> at_;  ///< by rank: what was taken so far
};

}  // namespace tessera::pipeline
