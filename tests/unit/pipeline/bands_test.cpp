#include "pipeline/bands.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "base/extents.hpp"
#include "pipeline/field_source.hpp"

using namespace tessera;
using pipeline::Bands;
using pipeline::Batch;

namespace {

constexpr float outside = -1;

/// A field of 20 x 9 x 30 cells in chunks of 8 x 4 x 8, of which this rank has all from `lower` on; or each of that so
/// many times as long.
class OneArray {
 public:
  explicit OneArray(const Index& lower, std::int64_t times = 1)
      : box_{lower, {20 * times, 9 * times, 30 * times}}, values_(static_cast<std::size_t>(box_.volume())) {
    const Index extents = box_.extents();
    for (std::size_t at = 0; at < values_.size(); ++at) values_[at] = static_cast<float>(at);
    field_.path = "/run/field";
    field_.codec = Codec::none();
    field_.given = field_.stored = DataType::float32;
    field_.fill.emplace(sizeof outside);
    std::memcpy(field_.fill->data(), &outside, sizeof outside);
    auto plan = std::make_shared<pipeline::ChunkPlan>();
    plan->grid = {box_.upper, {8 * times, 4 * times, 8 * times}};
    plan->grid.for_each(box_, [&](std::uint64_t number, const Box& part) {
      plan->chunks.push_back({number, 0, part.volume() == plan->grid.chunk_volume(), {{0, part}}, {}});
    });
    detail::AnyArray array;
    array.data = values_.data();
    array.type = DataType::float32;
    array.extents = extents;
    array.strides = row_major_strides(extents);
    data_ = {&field_, 0, 0, {{box_, array}}, nullptr, plan};
    group_.push_back({std::make_shared<pipeline::FieldSource>(data_), &data_, 0, 0});
  }

  std::span<const pipeline::Unit> group() const { return group_; }
  const pipeline::FieldSource& source() const { return *group_.front().source; }

  /// The elements of a chunk, one by one.
  std::vector<float> elements(std::uint64_t number) const {
    const grid::ChunkGrid& grid = data_.plan->grid;
    const Index lower = grid.cells_of(number).lower;
    const Index strides = row_major_strides(box_.extents());
    std::vector<float> result;
    for (std::int64_t i = lower[0]; i < lower[0] + grid.chunk[0]; ++i) {
      for (std::int64_t j = lower[1]; j < lower[1] + grid.chunk[1]; ++j) {
        for (std::int64_t k = lower[2]; k < lower[2] + grid.chunk[2]; ++k) {
          const Index cell{i, j, k};
          std::int64_t at = 0;
          bool inside = true;
          for (std::size_t axis = 0; axis < 3; ++axis) {
            inside = inside && cell[axis] >= box_.lower[axis] && cell[axis] < box_.upper[axis];
            at += (cell[axis] - box_.lower[axis]) * strides[axis];
          }
          result.push_back(inside ? values_[static_cast<std::size_t>(at)] : outside);
        }
      }
    }
    return result;
  }

 private:
  Box box_;
  std::vector<float> values_;
  schema::Field field_;
  pipeline::FieldData data_;
  std::vector<pipeline::Unit> group_;
};

Bands bands_of(const OneArray& field, Batch& batch, Bands::Which which, std::size_t threads) {
  batch.begin(field.group());
  Bands bands;
  bands.reserve(batch.slots().size(), threads);
  for (Batch::Slot& slot : batch.slots()) bands.add(batch, slot, field.source());
  bands.find(which, threads);
  return bands;
}

TEST(Bands, HoldTheElementsOfTheirChunks) {
  for (const Index& lower : {Index{0, 0, 0}, Index{13, 5, 45}, Index{117, 53, 48}}) {
    const OneArray field(lower, 6);
    for (const std::size_t threads : {1, 2, 5, 64}) {
      for (const pack::Stores stores : {pack::Stores::cached, pack::Stores::streamed}) {
        Batch batch;
        const Bands bands = bands_of(field, batch, Bands::Which::all, threads);
        for (std::size_t number = 0; number < bands.size(); ++number) bands.assemble(number, stores);
        for (const Batch::Slot& slot : batch.slots()) {
          const std::vector<float> expected = field.elements(slot.chunk->number);
          ASSERT_EQ(slot.raw_bytes, expected.size() * sizeof(float));
          EXPECT_EQ(std::memcmp(batch.buffer_of(slot).data(), expected.data(), slot.raw_bytes), 0)
              << to_string(lower) << ", " << threads << " threads, chunk " << slot.chunk->number;
        }
      }
    }
  }
}

TEST(Bands, AreTheRowsOfChunks) {
  const OneArray field({0, 0, 0});
  Batch batch;
  EXPECT_EQ(bands_of(field, batch, Bands::Which::whole_rows, 1).size(), 3u * 3u) << "of four chunks each";
  for (const Batch::Slot& slot : batch.slots()) EXPECT_TRUE(slot.is_assembled);
}

TEST(Bands, AreCutWhereThreadsHaveNone) {
  const OneArray field({0, 0, 0}, 6);
  Batch batch;
  EXPECT_EQ(bands_of(field, batch, Bands::Which::all, 9).size(), 9u);
  EXPECT_GE(bands_of(field, batch, Bands::Which::all, 10).size(), 10u);
  const OneArray one_layer({119, 0, 0}, 6);
  EXPECT_EQ(bands_of(one_layer, batch, Bands::Which::all, 10).size(), 3u) << "one layer is not cut";
  const OneArray small({0, 0, 0});
  EXPECT_EQ(bands_of(small, batch, Bands::Which::all, 10).size(), 9u) << "a few kilobytes are not worth it";
}

TEST(Bands, OfWholeRowsHaveSeveralChunks) {
  const OneArray field({0, 0, 24});
  Batch batch;
  EXPECT_EQ(bands_of(field, batch, Bands::Which::whole_rows, 1).size(), 0u);
  for (const Batch::Slot& slot : batch.slots()) EXPECT_FALSE(slot.is_assembled);
}

TEST(Bands, OfWholeRowsHaveAllOfThem) {
  const OneArray field({0, 0, 0});
  Batch batch;
  batch.begin(field.group());
  for (const bool lacks_first : {true, false}) {
    Bands bands;
    bands.reserve(batch.slots().size(), 1);
    const auto slots = std::span(batch.slots()).subspan(lacks_first ? 1 : 0, 3);
    for (Batch::Slot& slot : slots) bands.add(batch, slot, field.source());
    bands.find(Bands::Which::whole_rows, 1);
    EXPECT_EQ(bands.size(), 0u);
    bands.find(Bands::Which::all, 1);
    EXPECT_EQ(bands.size(), 1u);
    for (Batch::Slot& slot : slots) slot.is_assembled = false;
  }
}

}  // namespace
