#include "schema/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>

#include "schema/layout.hpp"

namespace tessera::schema {

namespace {

std::vector<std::byte> missing() {
  const double value = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::byte> bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

}  // namespace

std::vector<std::string> statistic_names() { return {"minimum", "maximum", "mean", "count", "non_finite"}; }

std::int64_t statistics_entries(std::int64_t components) noexcept {
  constexpr std::int64_t most = 16;
  return components <= most ? components : 1;
}

std::int64_t StatisticsTable::columns() const noexcept {
  return statistics_per_entry * std::accumulate(entries.begin(), entries.end(), std::int64_t{0});
}

std::int64_t StatisticsTable::column_of(std::string_view field) const noexcept {
  std::int64_t column = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] == field) return column;
    column += statistics_per_entry * entries[i];
  }
  return -1;
}

Operations create_statistics(const std::string& run_path) { return {CreateGroup{join(run_path, statistics_group)}}; }

Operations create_statistics_table(const std::string& run_path, const StatisticsTable& table, std::int64_t steps,
                                   std::int64_t rows, std::int32_t dimension_id) {
  const std::string dimension = table.path + "_columns";
  Operations operations = create_dimension(dimension, table.columns(), dimension_id);
  if (table.has_time) {
    operations.push_back(CreateDataset{table.path,
                                       DataType::float64,
                                       {steps, table.columns()},
                                       true,
                                       {rows, table.columns()},
                                       Codec::none(),
                                       missing()});
    operations.push_back(AttachScales{table.path, {join(run_path, table.time_axis), dimension}});
  } else {
    operations.push_back(
        CreateDataset{table.path, DataType::float64, {table.columns()}, false, {}, Codec::none(), missing()});
    operations.push_back(AttachScales{table.path, {dimension}});
  }
  operations.push_back(SetElementAttribute{table.path, "_FillValue", DataType::float64, missing()});
  operations.push_back(SetAttribute{table.path, "fields", table.fields});
  operations.push_back(SetAttribute{table.path, "entries", table.entries});
  operations.push_back(SetAttribute{table.path, "statistics", statistic_names()});
  return operations;
}

std::int64_t statistics_rows(std::int64_t columns, std::int64_t series_chunk) noexcept {
  const std::int64_t wanted = 2 * series_chunk / columns;
  if (wanted <= least_series_chunk) return least_series_chunk;
  return std::min(series_chunk, static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(wanted))));
}

}  // namespace tessera::schema
