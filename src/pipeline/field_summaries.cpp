#include "pipeline/field_summaries.hpp"

#include <algorithm>
#include <limits>

#include "base/extents.hpp"

namespace tessera::pipeline {

namespace {

std::vector<double> unknown(std::int64_t count) {
  return std::vector<double>(static_cast<std::size_t>(count), std::numeric_limits<double>::quiet_NaN());
}

const std::byte* fill_of(const schema::Field& field) noexcept { return field.fill ? field.fill->data() : nullptr; }

/// Cells of a part of a chunk, in pieces that lie together.
void summarise_part(const schema::Field& field, const grid::ChunkGrid& grid, const Index& lower, const Box& part,
                    std::span<const std::byte> raw, std::span<pack::Summary> summaries) noexcept {
  const Index strides = row_major_strides(grid.chunk);
  std::size_t axes = part.rank();  // those that are gone through; the others lie together
  std::int64_t cells = 1;
  while (axes > 0) {
    --axes;
    const std::int64_t extent = part.upper[axes] - part.lower[axes];
    cells *= extent;
    if (extent != grid.chunk[axes]) break;
  }
  const auto bytes = static_cast<std::size_t>(cells * field.cell_bytes());
  Index at = part.lower;
  for (;;) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < at.size(); ++axis) offset += (at[axis] - lower[axis]) * strides[axis];
    const auto begin = static_cast<std::size_t>(offset * field.cell_bytes());
    pack::summarise(field.stored, raw.subspan(begin, bytes), fill_of(field), summaries);
    std::size_t axis = axes;
    while (axis > 0 && ++at[axis - 1] == part.upper[axis - 1]) {
      at[axis - 1] = part.lower[axis - 1];
      --axis;
    }
    if (axis == 0) return;
  }
}

}  // namespace

void summarise_chunk(const schema::Field& field, const ChunkPlan& plan, const OwnChunk& chunk,
                     std::span<const std::byte> raw, std::span<pack::Summary> summaries) noexcept {
  if (chunk.whole) return pack::summarise(field.stored, raw, fill_of(field), summaries);
  const Index lower = plan.grid.cells_of(chunk.number).lower;
  for (const LocalPiece& piece : chunk.local) summarise_part(field, plan.grid, lower, piece.part, raw, summaries);
  for (const RemotePiece& piece : chunk.remote) summarise_part(field, plan.grid, lower, piece.part, raw, summaries);
}

void FieldSummaries::prepare(const std::vector<FieldData>& fields) {
  begins_.assign(1, 0);
  places_.clear();
  rows_.clear();
  for (const FieldData& data : fields) {
    const schema::StatisticsTable* table = data.statistics.get();
    const std::int64_t entries = table != nullptr ? schema::statistics_entries(data.field->components) : 0;
    Place place;
    if (table != nullptr) {
      const std::int64_t column = table->column_of(data.field->name);
      if (data.step) {
        place = {row_of(*table, *data.step), static_cast<std::size_t>(column)};
      } else {  // others in the table have had their turn, or will
        place = {rows_.size(), 0};
        rows_.push_back({table->path, column, unknown(entries * schema::statistics_per_entry)});
      }
    }
    begins_.push_back(begins_.back() + static_cast<std::size_t>(entries));
    places_.push_back(place);
  }
  summaries_.assign(begins_.back(), {});
}

/// The row of a step, made where there is none yet.
std::size_t FieldSummaries::row_of(const schema::StatisticsTable& table, std::int64_t step) {
  const auto known = std::ranges::find(rows_, table.path, &schema::WriteValues::path);
  const auto row = static_cast<std::size_t>(known - rows_.begin());
  if (known == rows_.end()) rows_.push_back({table.path, step, unknown(table.columns()), table.columns()});
  return row;
}

const std::vector<schema::WriteValues>& FieldSummaries::rows() noexcept {
  for (std::size_t field = 0; field < places_.size(); ++field) {
    std::size_t column = places_[field].column;
    for (const pack::Summary& one : of(field)) {
      std::vector<double>& values = rows_[places_[field].row].values;
      if (one.count > 0) {
        values[column] = one.minimum;
        values[column + 1] = one.maximum;
        values[column + 2] = one.sum / static_cast<double>(one.count);
      }
      values[column + 3] = static_cast<double>(one.count);
      values[column + 4] = static_cast<double>(one.non_finite);
      column += static_cast<std::size_t>(schema::statistics_per_entry);
    }
  }
  return rows_;
}

}  // namespace tessera::pipeline
