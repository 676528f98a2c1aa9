#include "pack/side_by_side.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "arrays.hpp"
#include "base/buffer.hpp"
#include "base/extents.hpp"
#include "base/round_up.hpp"
#include "pack_reference.hpp"

namespace tessera::pack {
namespace {

/// An array that is cut along its last axis, each part into a chunk of its own, as long as the longest part, which
/// begins with a cache line or `shift` elements behind one.
struct Cut {
  Memory source;
  DataType source_type = DataType::float64;
  DataType target_type = DataType::float64;
  Index outer;                       ///< extents of the other axes
  std::vector<std::int64_t> widths;  ///< of the parts
  std::int64_t shift = 0;
};

constexpr std::byte untouched{0xa5};

/// What `run` leaves in the memory of all parts.
template <class Run>
std::vector<std::byte> targets(const Cut& cut, const Run& run) {
  const std::size_t element = size_of(cut.target_type);
  const auto part_extents = [&](std::int64_t width) {
    Index extents = cut.outer;
    extents.push_back(width);
    return extents;
  };
  const Index chunk = part_extents(*std::ranges::max_element(cut.widths));
  const auto elements = std::accumulate(chunk.begin(), chunk.end(), std::int64_t{1}, std::multiplies<>());
  const std::size_t bytes = round_up(static_cast<std::size_t>(elements + cut.shift) * element + 1, Buffer::alignment);
  const std::size_t end = bytes * cut.widths.size();
  Buffer memory;
  memory.reserve(end);
  std::ranges::fill(memory.first(end), untouched);
  std::vector<PackJob> jobs;
  std::int64_t first = 0;
  for (std::size_t part = 0; part < cut.widths.size(); ++part) {
    const std::int64_t offset = cut.source.offset + first * cut.source.strides.back();
    jobs.push_back({cut.source.bytes.data() + offset * static_cast<std::int64_t>(size_of(cut.source_type)),
                    cut.source_type, cut.source.strides,
                    memory.data() + part * bytes + static_cast<std::size_t>(cut.shift) * element, cut.target_type,
                    row_major_strides(chunk), part_extents(cut.widths[part])});
    first += cut.widths[part];
  }
  run(jobs);
  return {memory.data(), memory.data() + end};
}

Cut cut_of(DataType type, const Index& outer, std::vector<std::int64_t> widths, Layout layout, std::int64_t halo) {
  std::mt19937 random(15);
  Index extents = outer;
  extents.push_back(std::accumulate(widths.begin(), widths.end(), std::int64_t{0}));
  return {random_array(type, extents, halo, layout, random), type, type, outer, std::move(widths)};
}

void expect_as_one_by_one(const Cut& cut) {
  const auto expected = targets(cut, [](const auto& jobs) {
    for (const PackJob& job : jobs) pack_reference(job);
  });
  for (const Stores stores : {Stores::cached, Stores::streamed}) {
    bool done = false;
    const auto found = targets(cut, [&](const auto& jobs) { done = pack_side_by_side(jobs, stores); });
    EXPECT_TRUE(done) << to_string(cut.source_type) << ", outer extents " << to_string(cut.outer);
    EXPECT_TRUE(found == expected) << to_string(cut.source_type) << ", outer extents " << to_string(cut.outer)
                                   << (stores == Stores::streamed ? ", streamed" : "") << ", shift " << cut.shift;
  }
}

TEST(SideBySide, LeavesWhatTheJobsLeaveOneByOne) {
  for (const DataType type : {DataType::int8, DataType::float16, DataType::float32, DataType::float64}) {
    for (const Index& outer : {Index{9}, Index{5, 7}, Index{1, 6}, Index{3, 1, 4}, Index{2, 3, 2, 5}}) {
      for (const std::int64_t shift : {0, 1}) {
        Cut cut = cut_of(type, outer, {64, 64, 64, 11}, Layout::c_order, 1);
        cut.shift = shift;
        expect_as_one_by_one(cut);
        cut.widths = {3, 128, 72};
        expect_as_one_by_one(cut);
      }
    }
  }
}

TEST(SideBySide, ConvertsAsTheJobsDo) {
  Cut cut = cut_of(DataType::float64, {5, 7}, {64, 64, 20}, Layout::c_order, 2);
  cut.target_type = DataType::float32;
  expect_as_one_by_one(cut);
}

TEST(SideBySide, OneJobIsAllRows) { expect_as_one_by_one(cut_of(DataType::float64, {4, 6}, {64}, Layout::c_order, 1)); }

TEST(SideBySide, LeavesAloneWhatDoesNotGoTogether) {
  const auto expect_refused = [](const Cut& cut, const char* why, const auto& change) {
    const auto found = targets(cut, [&](std::vector<PackJob> jobs) {
      change(jobs);
      EXPECT_FALSE(pack_side_by_side(jobs, Stores::cached)) << why;
    });
    EXPECT_EQ(std::ranges::count(found, untouched), std::ssize(found)) << why;
  };
  const auto nothing = [](auto&) {};
  for (const Layout layout : {Layout::fortran_order, Layout::gaps}) {
    expect_refused(cut_of(DataType::float64, {4, 6}, {16, 16}, layout, 1), to_string(layout).c_str(), nothing);
  }
  const Cut cut = cut_of(DataType::float64, {4, 6}, {16, 16}, Layout::c_order, 1);
  expect_refused(cut, "another extent", [](auto& jobs) { jobs[1].extents[0] = 3; });
  expect_refused(cut, "another stride", [](auto& jobs) { jobs[1].source_strides[0] += 1; });
  expect_refused(cut, "another type", [](auto& jobs) { jobs[1].source_type = jobs[1].target_type = DataType::int64; });
  expect_refused(cut, "nothing to copy", [](auto& jobs) { jobs[1].extents[1] = 0; });
}

}  // namespace
}  // namespace tessera::pack
