#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/description.hpp"
#include "schema/operation.hpp"

/// \file
/// Where a run keeps what is known of its fields' values: FORMAT.md, "Statistics".

namespace tessera::schema {

/// The group in a run's group.
inline constexpr const char* statistics_group = "field_statistics";

/// The values of one entry, in the order of their columns.
enum class Statistic : std::uint8_t { minimum, maximum, mean, count, non_finite };
inline constexpr std::int64_t statistics_per_entry = 5;
std::vector<std::string> statistic_names();

/// Entries of a field: one for each component, or one for all where they are many.
std::int64_t statistics_entries(std::int64_t components) noexcept;

/// Fields whose statistics are in one dataset: those that became known in one commit. Its rows are steps, unless the
/// fields are static.
struct StatisticsTable {
  std::string path;
  bool has_time = true;
  std::vector<std::string> fields;    ///< their names in the run
  std::vector<std::int32_t> entries;  ///< of each
  std::string time_axis = "time";     ///< of its rows, where it has time

  std::int64_t columns() const noexcept;
  /// The first column of a field; -1: it is not in here.
  std::int64_t column_of(std::string_view field) const noexcept;
};

/// The group, once for a run.
Operations create_statistics(const std::string& run_path);

/// A table with `steps` rows of NaN, in chunks of `rows`.
Operations create_statistics_table(const std::string& run_path, const StatisticsTable& table, std::int64_t steps,
                                   std::int64_t rows, std::int32_t dimension_id);

/// Rows of a chunk of a table, where those of the run's series have `series_chunk` values.
std::int64_t statistics_rows(std::int64_t columns, std::int64_t series_chunk) noexcept;

}  // namespace tessera::schema
