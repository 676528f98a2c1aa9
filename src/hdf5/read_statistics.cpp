#include "hdf5/read_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/links.hpp"
#include "hdf5/obstacles.hpp"
#include "hdf5/read_attribute.hpp"

namespace tessera::hdf5 {

namespace {

/// A list, also of one element, which some programs store as that alone.
template <class T>
std::vector<T> list_of(hid_t owner, const std::string& about, const char* name) {
  if (!has_attribute(owner, about, name)) return {};
  const auto value = read_attribute(owner, about, name);
  if (!value) return {};
  if (const auto* list = std::get_if<std::vector<T>>(&value->storage())) return *list;
  if (const auto* one = std::get_if<T>(&value->storage())) return {*one};
  return {};
}

struct Extents {
  std::array<hsize_t, 2> now{};
  std::array<hsize_t, 2> most{};
  int rank = 0;

  Extents(hid_t dataset, const std::string& about) {
    const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
    rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 1 || rank > 2) return;
    check(H5Sget_simple_extent_dims(space.get(), now.data(), most.data()), "H5Sget_simple_extent_dims", about);
  }
};

/// A dataset that says which fields it is of, and has a column for everything that it says.
std::optional<schema::StatisticsTable> table_of(hid_t dataset, const std::string& path) {
  schema::StatisticsTable table{path, true, list_of<std::string>(dataset, path, "fields"),
                                list_of<std::int32_t>(dataset, path, "entries")};
  const Extents extents(dataset, path);
  const bool fits = !table.fields.empty() && table.fields.size() == table.entries.size() &&
                    std::ranges::all_of(table.entries, [](std::int32_t one) { return one >= 1 && one <= 65536; }) &&
                    list_of<std::string>(dataset, path, "statistics") == schema::statistic_names();
  if (!fits || extents.rank < 1 || extents.rank > 2) return {};
  table.has_time = extents.rank == 2;
  if (static_cast<hsize_t>(table.columns()) != extents.now[table.has_time ? 1 : 0]) return {};
  return table;
}

/// As obstacle_in_dataset, of a table.
std::string obstacle_in_table(hid_t dataset, const schema::StatisticsTable& table) {
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", table.path), H5Tclose);
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", table.path), H5Pclose);
  const htri_t is_usual = H5Tequal(type.get(), file_type(DataType::float64).get());
  check(is_usual, "H5Tequal", table.path);
  if (is_usual == 0) return obstacle_in_member(table.path, "has elements that are not stored as float64");
  const H5D_layout_t layout = H5Pget_layout(list.get());
  const Extents extents(dataset, table.path);
  if (!table.has_time) return layout == H5D_CONTIGUOUS ? "" : obstacle_in_member(table.path, "is stored in chunks");
  std::array<hsize_t, 2> chunk{};
  if (layout == H5D_CHUNKED) check(H5Pget_chunk(list.get(), 2, chunk.data()), "H5Pget_chunk", table.path);
  const bool can_grow = extents.most[0] == H5S_UNLIMITED && extents.most[1] != H5S_UNLIMITED && chunk[0] > 1;
  return can_grow ? "" : obstacle_in_member(table.path, "has a time axis that cannot grow as Tessera's does");
}

std::int32_t dimension_above(hid_t dataset, const std::string& path) {
  const auto numbers = list_of<std::int32_t>(dataset, path, "_Netcdf4Dimid");
  return numbers.empty() ? 0 : numbers.front() + 1;
}

ValueStatistics values_of(const double* columns) {
  ValueStatistics result;
  const auto counted = [](double value) { return value >= 0 && value < 0x1p62 ? static_cast<std::int64_t>(value) : 0; };
  result.known = !std::isnan(columns[3]);
  if (!result.known) return result;
  result.count = counted(columns[3]);
  result.non_finite = counted(columns[4]);
  if (result.count == 0) return result;
  result.minimum = columns[0], result.maximum = columns[1], result.mean = columns[2];
  return result;
}

}  // namespace

FoundStatistics find_statistics(hid_t group, const std::string& path) {
  FoundStatistics found;
  for (const auto& [name, is_hard] : links_of(group, path)) {
    const std::string member = schema::join(path, name);
    if (!is_hard) return {};
    const Handle object(check_id(H5Oopen(group, name.c_str(), H5P_DEFAULT), "H5Oopen", member), H5Oclose);
    if (H5Iget_type(object.get()) != H5I_DATASET) return {};
    found.dimensions = std::max(found.dimensions, dimension_above(object.get(), member));
    if (name.ends_with("_columns")) continue;
    auto table = table_of(object.get(), member);
    if (!table) return {};
    if (found.obstacle.empty()) found.obstacle = obstacle_in_table(object.get(), *table);
    found.steps.push_back(table->has_time ? static_cast<std::int64_t>(Extents(object.get(), member).now[0]) : 0);
    found.tables.push_back(std::move(*table));
  }
  return found;
}

FieldStatistics read_statistics(hid_t file, const schema::StatisticsTable& table, const std::string& field,
                                std::int64_t most) {
  const std::int64_t column = table.column_of(field);
  if (column < 0) return {};
  const auto place = static_cast<std::size_t>(std::ranges::find(table.fields, field) - table.fields.begin());
  FieldStatistics result;
  result.components = table.entries[place];
  const std::int64_t columns = result.components * schema::statistics_per_entry;
  const Handle dataset(check_id(H5Dopen2(file, table.path.c_str(), H5P_DEFAULT), "H5Dopen2", table.path), H5Dclose);
  const Extents extents(dataset.get(), table.path);
  const std::int64_t steps = table.has_time ? std::min(most, static_cast<std::int64_t>(extents.now[0])) : 1;
  if (extents.rank != (table.has_time ? 2 : 1) || steps <= 0) return result;
  std::vector<double> values(static_cast<std::size_t>(steps * columns));
  const std::array<hsize_t, 2> start = {table.has_time ? 0 : static_cast<hsize_t>(column),
                                        static_cast<hsize_t>(column)};
  const std::array<hsize_t, 2> count = {static_cast<hsize_t>(table.has_time ? steps : columns),
                                        static_cast<hsize_t>(columns)};
  const Handle in_file(check_id(H5Dget_space(dataset.get()), "H5Dget_space", table.path), H5Sclose);
  const Handle in_memory(check_id(H5Screate_simple(extents.rank, count.data(), nullptr), "H5Screate_simple",
                                  table.path),
                         H5Sclose);
  check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "H5Sselect_hyperslab", table.path);
  check(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, in_memory.get(), in_file.get(), H5P_DEFAULT, values.data()),
        "H5Dread", table.path);
  for (std::size_t at = 0; at < values.size(); at += schema::statistics_per_entry) {
    result.values.push_back(values_of(values.data() + at));
  }
  return result;
}

}  // namespace tessera::hdf5
