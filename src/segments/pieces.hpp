#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera::segments {

/// What one segment has of a dimension.
struct Coordinates {
  std::string file;  ///< for messages
  bool is_there = false;
  std::uint64_t length = 0;
  std::vector<double> values;  ///< empty: a dimension without coordinates
  std::size_t place = 0;       ///< the same number for segments that have the same of all other dimensions
};

/// Where the pieces of a dimension lie that segments have.
struct Pieces {
  std::uint64_t length = 0;          ///< of all of them
  std::vector<std::uint64_t> begin;  ///< of each segment
  std::vector<std::uint64_t> count;  ///< of each segment, from its first value on; 0: nothing of it is taken
  std::string gap;  ///< between which pieces the axis has a gap much wider than its spacing; empty: none
};

/// Puts them one behind the other, by their coordinates. Segments with the same ones, up to rounding, have the same
/// piece; of segments at other places that begin alike, of which one has more (steps, of a job that was killed), what
/// all have is the piece.
///
/// \param of what each segment has \param later_wins a piece ends where the next one begins
/// \throws Error invalid_argument where pieces overlap, or have no coordinates and differ in length
Pieces pieces_of(const std::string& dimension, const std::vector<Coordinates>& of, bool later_wins);

}  // namespace tessera::segments
