#include "grid/axis_survey.hpp"

#include <gtest/gtest.h>

#include "decompositions.hpp"
#include "grid/merged_boxes.hpp"
#include "imaginary_ranks.hpp"

namespace tessera::grid {
namespace {

std::vector<ChunkAxis> surveyed(const Index& shape, const std::vector<std::vector<Box>>& boxes, std::size_t max_faces) {
  std::vector<AxisSurvey> surveys;
  std::vector<Lists> planes;
  for (const auto& own : boxes) {
    surveys.emplace_back(shape, own, static_cast<int>(boxes.size()), max_faces);
    planes.push_back(surveys.back().planes());
  }
  planes = delivered(planes);
  std::vector<std::int64_t> numbers;
  for (std::size_t rank = 0; rank < boxes.size(); ++rank) {
    surveys[rank].take_planes(planes[rank]);
    const auto own = surveys[rank].numbers();
    numbers.insert(numbers.end(), own.begin(), own.end());
  }
  std::vector<std::int64_t> faces;
  for (AxisSurvey& survey : surveys) {
    survey.take_numbers(numbers);
    const auto own = survey.faces();
    faces.insert(faces.end(), own.begin(), own.end());
  }
  return surveys.front().take_faces(faces);
}

TEST(AxisSurveys, FindWhatARankWithAllBoxesFinds) {
  std::mt19937 random(9);
  for (int round = 0; round < 300; ++round) {
    const Index shape = random_shape(random);
    auto all = random_cover(shape, 30, round % 10 == 0 ? 1 : 6, random);
    if (round % 3 == 0) all = with_holes(all, random);
    if (round == 0) all.clear();
    const auto axes = surveyed(shape, boxes_by_rank(all, 6), 1000);
    ASSERT_EQ(axes.size(), shape.size());
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      const ChunkAxis wanted = describe_axis(shape, merged_boxes(all), axis);
      EXPECT_EQ(axes[axis].extent, wanted.extent);
      EXPECT_EQ(axes[axis].max_block, wanted.max_block);
      EXPECT_EQ(axes[axis].mean_block, wanted.mean_block);
      EXPECT_EQ(axes[axis].other_faces, 0);
      ASSERT_EQ(axes[axis].faces.size(), wanted.faces.size());
      for (std::size_t face = 0; face < wanted.faces.size(); ++face) {
        EXPECT_EQ(axes[axis].faces[face].at, wanted.faces[face].at);
        EXPECT_EQ(axes[axis].faces[face].share, wanted.faces[face].share);
      }
    }
  }
}

/// Of too many faces the largest are told, and the divisor of the rest keeps chunks aligned.
TEST(AxisSurveys, TellTheLargestOfManyFaces) {
  const Index shape{6000, 100};
  std::vector<OwnedBox> all;
  for (std::int64_t begin = 0; begin < 6000; begin += 6) {
    const bool large = begin % 600 == 0;
    all.push_back({Box::at({begin, 0}, {6, 100}), large ? 63 : static_cast<int>(begin / 6 % 60), 0});
  }
  const auto axes = surveyed(shape, boxes_by_rank(all, 64), 128);
  EXPECT_LE(axes[0].faces.size(), 128u + 64u);
  EXPECT_GE(axes[0].faces.size(), 100u);
  EXPECT_EQ(std::gcd(axes[0].other_faces, std::int64_t{600}), 6);
  for (const std::int64_t extent : candidate_extents(axes[0], 6000, true)) EXPECT_EQ(6 % extent, 0);
}

}  // namespace
}  // namespace tessera::grid
