#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tessera/table.hpp>

#include "schema/axis.hpp"
#include "schema/operation.hpp"

/// \file
/// What the file has of a table besides its columns: FORMAT.md in code. A column is a dataset of rows, those of each
/// step behind those of the step before, from the begin of a chunk on; two series tell where they are.

namespace tessera::schema {

/// The attribute of a column that names its table; no other field has one of that name.
inline constexpr const char* rows_of = "rows_of";
/// The attribute of both counts that names the table's dimension of rows.
inline constexpr const char* row_dimension = "row_dimension";
/// The one that names the column of positions.
inline constexpr const char* row_position = "row_position";

/// \{ Names, from the table's.
std::string rows_name(const std::string& table);
std::string begin_name(const std::string& table);
std::string count_name(const std::string& table);
/// \}

/// The dimension of the rows. Its length is that of the step that is written, or of the file where it was read.
Axis rows_axis(const std::string& table);

/// Both series, of 64-bit integers, with `steps` values that read 0; `time` exists.
Operations create_counts(const std::string& group, const std::string& table, const TableOptions& options,
                         std::int64_t steps, std::int64_t chunk);

/// Where the rows of each step are.
struct RowSeries {
  std::vector<std::int64_t> begins;
  std::vector<std::int64_t> counts;

  /// Where those of the first `steps` steps end.
  std::int64_t end_of(std::size_t steps) const noexcept;
  /// First and end of those of the steps from `begin` to before `end`. Where they have none: the end of all, twice.
  std::pair<std::int64_t, std::int64_t> rows_of(std::size_t begin, std::size_t end) const noexcept;
};

/// Rows of a chunk where nobody says how many: several chunks a rank in a step of so many rows, but neither small nor
/// large ones. \param bytes of a row of the widest column
std::int64_t chosen_chunk_rows(std::int64_t rows, std::int64_t bytes, int ranks);

}  // namespace tessera::schema
