#include "schema/table.hpp"

#include <algorithm>
#include <bit>

#include "schema/description.hpp"

namespace tessera::schema {

namespace {

void create_count(Operations& operations, const std::string& group, const std::string& table, const std::string& name,
                  const std::string& what, std::int64_t steps, std::int64_t chunk) {
  const std::string path = join(group, name);
  const std::vector<std::byte> none(sizeof(std::int64_t));
  operations.push_back(CreateDataset{path, DataType::int64, {steps}, true, {chunk}, Codec::none(), none});
  operations.push_back(AttachScales{path, {join(group, "time")}});
  operations.push_back(SetAttribute{path, "long_name", what, TextForm::fixed});
  operations.push_back(SetAttribute{path, row_dimension, rows_name(table), TextForm::fixed});
}

}  // namespace

std::string rows_name(const std::string& table) { return table + "_row"; }
std::string begin_name(const std::string& table) { return table + "_begin"; }
std::string count_name(const std::string& table) { return table + "_count"; }

Axis rows_axis(const std::string& table) {
  Axis axis;
  axis.name = rows_name(table);
  axis.has_coordinates = false;
  axis.grows = true;
  return axis;
}

Operations create_counts(const std::string& group, const std::string& table, const TableOptions& options,
                         std::int64_t steps, std::int64_t chunk) {
  Operations operations;
  create_count(operations, group, table, begin_name(table), "first row of the step in " + rows_name(table), steps,
               chunk);
  create_count(operations, group, table, count_name(table), "rows of the step in " + rows_name(table), steps, chunk);
  const std::string path = join(group, count_name(table));
  if (!options.position.empty())
    operations.push_back(SetAttribute{path, row_position, options.position, TextForm::fixed});
  return operations;
}

std::int64_t RowSeries::end_of(std::size_t steps) const noexcept {
  for (std::size_t step = std::min(steps, counts.size()); step-- > 0;) {
    if (counts[step] > 0) return begins[step] + counts[step];
  }
  return 0;
}

std::pair<std::int64_t, std::int64_t> RowSeries::rows_of(std::size_t begin, std::size_t end) const noexcept {
  const std::int64_t last = end_of(end);
  for (std::size_t step = begin; step < std::min(end, counts.size()); ++step) {
    if (counts[step] > 0) return {begins[step], last};
  }
  const std::int64_t none = end_of(counts.size());
  return {none, none};
}

std::int64_t chosen_chunk_rows(std::int64_t rows, std::int64_t bytes, int ranks) {
  constexpr std::int64_t small = std::int64_t{64} << 10;
  constexpr std::int64_t large = std::int64_t{2} << 20;
  const std::int64_t wanted = rows / (std::int64_t{4} * std::max(2, ranks));
  const std::int64_t least = std::max<std::int64_t>(1, small / bytes);
  const std::int64_t most = std::max<std::int64_t>(1, large / bytes);
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(std::clamp(wanted, least, most))));
}

}  // namespace tessera::schema
