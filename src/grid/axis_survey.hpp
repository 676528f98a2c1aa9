#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/chunk_axis.hpp"
#include "grid/chunk_directory.hpp"

namespace tessera::grid {

/// One rank's part in describing the axes of a field by all ranks' boxes, without any rank knowing them all: what
/// describe_axis would find. In this order, with messages between:
///
///     planes -> (each list to its rank) -> take_planes; numbers -> (all to all ranks) -> take_numbers;
///     faces -> (all to all ranks) -> take_faces
class AxisSurvey {
 public:
  /// \param own this rank's boxes
  /// \param max_faces the faces of an axis that are told to every rank; of more, the largest, and a divisor of the rest
  AxisSurvey(const Index& shape, std::span<const Box> own, int ranks, std::size_t max_faces = std::size_t{1} << 14);

  /// Every plane has a rank that adds up what all know of it.
  Lists planes() const;
  void take_planes(const Lists& lists);

  std::vector<std::int64_t> numbers() const;
  /// How many they are, on every rank.
  static std::size_t count_of_numbers(const Index& shape) { return 1 + 3 * shape.size(); }
  /// `all` are every rank's numbers, one after the other.
  void take_numbers(std::span<const std::int64_t> all);

  std::vector<std::int64_t> faces();
  std::vector<ChunkAxis> take_faces(std::span<const std::int64_t> all);

 private:
  std::int64_t shorten(std::size_t axis);

  Index shape_;
  int ranks_;
  std::size_t max_faces_;
  std::vector<OwnedBox> blocks_;
  std::vector<std::vector<ChunkAxis::Face>> kept_;  ///< by axis: those that this rank added up
  std::vector<ChunkAxis> axes_;
  std::vector<std::size_t> all_faces_;  ///< by axis: how many all ranks keep
};

}  // namespace tessera::grid
