#include "grid/axis_survey.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/saturate.hpp"
#include "grid/merged_boxes.hpp"

namespace tessera::grid {

namespace {

constexpr std::size_t plane_words = 4;  // axis, at, area below, area above
constexpr std::size_t face_words = 3;   // axis, at, share

std::vector<OwnedBox> blocks_among(std::span<const Box> own) {
  std::vector<OwnedBox> boxes;
  for (const Box& box : own) boxes.push_back({box, 0, 0});
  return merged_boxes(boxes);
}

}  // namespace

AxisSurvey::AxisSurvey(const Index& shape, std::span<const Box> own, int ranks, std::size_t max_faces)
    : shape_(shape), ranks_(ranks), max_faces_(max_faces), blocks_(blocks_among(own)), kept_(shape.size()),
      axes_(shape.size()), all_faces_(shape.size(), 0) {}

Lists AxisSurvey::planes() const {
  Lists lists(static_cast<std::size_t>(ranks_));
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    for (const Plane& plane : planes_of(shape_, blocks_, axis)) {
      const int home = home_rank(static_cast<std::uint64_t>(plane.at), ranks_);
      auto& list = lists[static_cast<std::size_t>(home)];
      list.insert(list.end(), {static_cast<std::int64_t>(axis), plane.at, plane.area_below, plane.area_above});
    }
  }
  return lists;
}

void AxisSurvey::take_planes(const Lists& lists) {
  std::vector<std::vector<Plane>> planes(shape_.size());
  for (const auto& list : lists) {
    for (std::size_t at = 0; at < list.size(); at += plane_words) {
      planes[static_cast<std::size_t>(list[at])].push_back({list[at + 1], list[at + 2], list[at + 3]});
    }
  }
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    kept_[axis] = faces_among(shape_, added_up(std::move(planes[axis])), axis);
  }
}

/// Of a rank: its blocks, and for each axis their largest extent, the sum of the extents, and the faces that it keeps.
std::vector<std::int64_t> AxisSurvey::numbers() const {
  std::vector<std::int64_t> result{static_cast<std::int64_t>(blocks_.size())};
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    std::int64_t largest = 0;
    std::int64_t sum = 0;
    for (const OwnedBox& block : blocks_) {
      const std::int64_t extent = block.box.upper[axis] - block.box.lower[axis];
      largest = std::max(largest, extent);
      sum = saturating_sum(sum, extent);
    }
    result.insert(result.end(), {largest, sum, static_cast<std::int64_t>(kept_[axis].size())});
  }
  return result;
}

void AxisSurvey::take_numbers(std::span<const std::int64_t> all) {
  std::int64_t blocks = 0;
  int ranks_with_blocks = 0;
  std::vector<std::int64_t> sums(shape_.size(), 0);
  for (std::size_t at = 0; at < all.size();) {
    ranks_with_blocks += all[at] > 0 ? 1 : 0;
    blocks = saturating_sum(blocks, all[at++]);
    for (std::size_t axis = 0; axis < shape_.size(); ++axis, at += 3) {
      axes_[axis].max_block = std::max(axes_[axis].max_block, all[at]);
      sums[axis] = saturating_sum(sums[axis], all[at + 1]);
      all_faces_[axis] += static_cast<std::size_t>(all[at + 2]);
    }
  }
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    axes_[axis].extent = shape_[axis];
    axes_[axis].mean_block = static_cast<double>(blocks == 0 ? shape_[axis] : sums[axis]) /
                             static_cast<double>(std::max<std::int64_t>(1, blocks));
    if (blocks == 0) axes_[axis].max_block = shape_[axis];
    if (ranks_with_blocks <= 1) kept_[axis].clear();
  }
}

/// Leaves out the smallest faces where all ranks together have too many. \returns a common divisor of those, 0 if
/// there are none
std::int64_t AxisSurvey::shorten(std::size_t axis) {
  auto& faces = kept_[axis];
  if (all_faces_[axis] <= max_faces_) return 0;
  // Planes are scattered over the ranks, so that each rank's largest are a fair choice.
  const std::size_t told = std::min(faces.size(), max_faces_ / static_cast<std::size_t>(ranks_) + 1);
  std::ranges::stable_sort(faces, std::ranges::greater(), &ChunkAxis::Face::share);
  std::int64_t divisor = 0;
  for (std::size_t i = told; i < faces.size(); ++i) divisor = std::gcd(divisor, faces[i].at);
  faces.resize(told);
  return divisor;
}

/// The number of faces, for each axis the divisor of those that are left out, then the faces.
std::vector<std::int64_t> AxisSurvey::faces() {
  std::vector<std::int64_t> result{0};
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) result.push_back(shorten(axis));
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    for (const auto& face : kept_[axis]) {
      result.insert(result.end(), {static_cast<std::int64_t>(axis), face.at, std::bit_cast<std::int64_t>(face.share)});
      ++result.front();
    }
  }
  return result;
}

std::vector<ChunkAxis> AxisSurvey::take_faces(std::span<const std::int64_t> all) {
  for (std::size_t at = 0; at < all.size();) {
    std::int64_t count = all[at++];
    for (ChunkAxis& axis : axes_) axis.other_faces = std::gcd(axis.other_faces, all[at++]);
    for (; count > 0; --count, at += face_words) {
      axes_[static_cast<std::size_t>(all[at])].faces.push_back({all[at + 1], std::bit_cast<double>(all[at + 2])});
    }
  }
  for (ChunkAxis& axis : axes_) std::ranges::sort(axis.faces, {}, &ChunkAxis::Face::at);
  return axes_;
}

}  // namespace tessera::grid
