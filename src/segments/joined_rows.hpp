#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "schema/table.hpp"

namespace tessera::segments {

/// What one segment has of a table.
struct SegmentRows {
  std::size_t segment = 0;
  std::uint64_t first_step = 0;  ///< where its steps lie among those of all segments
  std::uint64_t steps = 0;       ///< its first ones count
  std::uint64_t length = 0;      ///< of its columns
  std::uint64_t chunk_rows = 1;  ///< of its columns
  schema::RowSeries series;      ///< of its steps
};

/// Rows of a segment among those of all.
struct RowsPart {
  std::size_t segment = 0;
  std::uint64_t source = 0;  ///< the first one in the segment
  std::uint64_t begin = 0;   ///< where it lies
  std::uint64_t count = 0;
};

/// A table of several segments.
struct JoinedRows {
  std::uint64_t length = 0;
  schema::RowSeries series;  ///< of all steps
  std::vector<RowsPart> parts;
};

/// More than these make the file, and each read of a column, slow.
inline constexpr std::size_t most_row_parts = 50'000;

/// Those of a segment that has its steps alone stay together; where several have a step, its rows are those of the
/// first segment, then of the next. Each step begins with a chunk. Segments have the same steps, or others.
/// \param steps of all \throws Error hdf5 where a segment's series do not fit its columns; invalid_argument where there
/// are too many parts
JoinedRows joined_rows(const std::string& table, const std::vector<SegmentRows>& of, std::uint64_t steps);

}  // namespace tessera::segments
