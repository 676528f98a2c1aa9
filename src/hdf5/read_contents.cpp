#include "hdf5/read_contents.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/saturate.hpp"
#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/links.hpp"
#include "hdf5/obstacles.hpp"
#include "hdf5/read_attribute.hpp"
#include "hdf5/read_axis.hpp"
#include "hdf5/read_chunks.hpp"
#include "hdf5/read_statistics.hpp"
#include "hdf5/texts.hpp"
#include "schema/mesh.hpp"
#include "schema/names.hpp"
#include "schema/tensor_axes.hpp"

namespace tessera::hdf5 {

namespace {

/// The name of the dimension scale of an axis, without its group; empty where there is none. By the dataset's own list,
/// which HDF5 keeps in a heap without checksum, and crashes on where that is damaged: for scales that lie elsewhere.
std::string listed_scale_name(hid_t dataset, unsigned axis, const std::string& about) {
  const std::string path = scale_path(dataset, axis, about);
  return path.substr(path.rfind('/') + 1);
}

/// The names of dimension scales by the datasets' axes that they belong to, as the scales' own lists say.
using ScaleNames = std::map<std::pair<hobj_ref_t, int>, std::string>;

/// Reads one group.
class GroupReader {
 public:
  /// \param scales of the groups above
  GroupReader(hid_t group, std::string path, Purpose purpose, ScaleNames scales)
      : group_(group), path_(path), purpose_(purpose), scales_(std::move(scales)), axes_(group, std::move(path)) {}

  schema::StoredRun read() {
    run_.run.path = path_;
    run_.run.name = path_ == "/" ? "/" : path_.substr(1);
    run_.attributes = read_attributes(group_, path_, {});
    const std::vector<Link> links = links_of(group_, path_);
    for (const auto& [name, is_hard] : links) {
      const std::string path = schema::join(path_, name);
      if (!is_hard) {
        add_other(name, "is a link to elsewhere");
        continue;
      }
      Handle object(check_id(H5Oopen(group_, name.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose);
      const H5I_type_t kind = H5Iget_type(object.get());
      if (kind == H5I_GROUP && name == schema::statistics_group && add_statistics(object.get(), path)) continue;
      if (kind == H5I_GROUP) groups_.push_back(name);
      if (kind != H5I_DATASET && (kind != H5I_GROUP || path_ != "/")) {
        add_other(name, kind == H5I_GROUP ? "is a group in a run" : "is neither a dataset nor a group");
      }
      if (kind != H5I_DATASET) continue;
      if (H5DSis_scale(object.get()) > 0) note_scale(object.get(), name, path);
      datasets_.push_back({name, Handle(object.release(), H5Oclose)});
    }
    for (const auto& [name, dataset] : datasets_) note_bounds(dataset.get(), name);
    for (const auto& [name, dataset] : datasets_) add(dataset.get(), name, schema::join(path_, name));
    datasets_.clear();
    join_tables();
    join_statistics();
    note_lengths();
    return std::move(run_);
  }

  // Once it was read.
  const std::vector<std::string>& groups() const noexcept { return groups_; }
  std::int32_t dimensions() const noexcept { return dimensions_; }
  const ScaleNames& scales() const noexcept { return scales_; }

 private:
  void note_scale(hid_t scale, const std::string& name, const std::string& path) {
    for (const ScaleUse& use : read_reference_list(scale, path)) scales_.insert({{use.dataset, use.axis}, name});
    if (has_texts(scale, path) && read_text(scale, path, "long_name") == schema::names_of_components)
      axes_.note_texts(name);
    if (name != schema::time_of_steps && read_text(scale, path, schema::steps_among) == schema::time_of_steps &&
        extents_of(scale, path).size() == 1 && can_grow(scale, path))
      time_axes_.insert(name);
    const std::string bounds = schema::Axis::bounds_of(name);
    if (name != "time" && read_text(scale, path, "bounds") == bounds) axes_by_bounds_[bounds] = name;
  }

  /// Bounds as this library writes them are no field; those of other programs are.
  void note_bounds(hid_t dataset, const std::string& name) {
    const auto axis = axes_by_bounds_.find(name);
    if (axis == axes_by_bounds_.end()) return;
    const std::string path = schema::join(path_, name);
    const Index extents = extents_of(dataset, path);
    const bool is_ours = extents.size() == 2 && extents[1] == 2 && scale_name(dataset, 0, path) == axis->second &&
                         scale_name(dataset, 1, path) == schema::component_axis(2).name;
    if (is_ours) axes_.note_bounds(name);
  }

  /// As the scale says; empty where none does.
  std::string attached_scale(hid_t dataset, unsigned axis, const std::string& path) const {
    const auto found = scales_.find({reference_to(dataset, path), static_cast<int>(axis)});
    return found != scales_.end() ? found->second : std::string();
  }

  std::string scale_name(hid_t dataset, unsigned axis, const std::string& path) const {
    std::string attached = attached_scale(dataset, axis, path);
    return attached.empty() ? listed_scale_name(dataset, axis, path) : attached;
  }

  void add(hid_t dataset, const std::string& name, const std::string& path) {
    const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", path), H5Tclose);
    const auto element = element_type_of(type.get(), path);
    const Index extents = extents_of(dataset, path);
    bool has_time = false;
    bool is_known = element && !extents.empty();
    if (is_known && is_time_axis(name) && extents.size() == 1) {
      add_time(dataset, name, path);
      has_time = true;
    } else if (is_mapping(dataset, path) || (is_known && is_mapping_with_axis(dataset, name, path, extents))) {
      run_.mappings.push_back({name, read_attributes(dataset, path, {})});
      is_known = true;
    } else if (is_known && H5DSis_scale(dataset) <= 0 && !axes_.is_bounds(name)) {
      has_time = is_time_axis(scale_name(dataset, 0, path));
      is_known = add_variable(dataset, name, path, *element, extents);
    } else {
      is_known = false;
    }
    if (!is_known) run_.others.push_back(name);
    if (purpose_ == Purpose::reading) return;
    note(obstacle_in_dataset(dataset, path, has_time));
    note(obstacle_in_scales(dataset, path, [&](unsigned axis) { return attached_scale(dataset, axis, path); }));
    note_dimension(dataset, path);
  }

  /// As it was once written: one number, with an axis of its own.
  bool is_mapping_with_axis(hid_t dataset, const std::string& name, const std::string& path,
                            const Index& extents) const {
    return extents.size() == 1 && extents[0] == 1 && has_attribute(dataset, path, "grid_mapping_name") &&
           scale_name(dataset, 0, path) == name + "_one";
  }

  /// The counts of a table say what its dimension is called.
  void note_table(hid_t dataset, const std::string& name, const std::string& path) {
    const std::string rows = read_text(dataset, path, schema::row_dimension);
    constexpr std::string_view ending = "_row";
    if (!rows.ends_with(ending)) return;
    schema::StoredTable table;
    table.name = rows.substr(0, rows.size() - ending.size());
    if (name != schema::count_name(table.name)) return;
    table.options.position = read_text(dataset, path, schema::row_position);
    run_.tables.push_back(std::move(table));
  }

  /// When all is read: which fields and scalars belong to which table. One without both counts is none.
  void join_tables() {
    const auto scalar_of = [&](const std::string& name) {
      const auto found = std::ranges::find(run_.scalars, name, &schema::StoredScalar::name);
      return found == run_.scalars.end() || !found->is_integer ? nullptr : &*found;
    };
    std::erase_if(run_.tables, [&](const schema::StoredTable& table) {
      return scalar_of(schema::begin_name(table.name)) == nullptr;
    });
    for (schema::StoredTable& table : run_.tables) {
      for (const std::string& name : {schema::begin_name(table.name), schema::count_name(table.name)}) {
        scalar_of(name)->table = table.name;
      }
      for (schema::StoredField& stored : run_.fields) join_column(table, stored.field);
    }
  }

  /// One that is virtual has no chunks.
  static void join_column(schema::StoredTable& table, schema::Field& field) {
    const bool is_column = !field.time_dependent && field.axes.size() == 1 && field.axes.front().grows &&
                           field.axes.front().name == schema::rows_name(table.name);
    if (!is_column) return;
    field.table = table.name;
    if (!field.chunk.empty()) table.options.chunk_rows = field.chunk.front();
  }

  /// \return whether it is a group of statistics
  bool add_statistics(hid_t group, const std::string& path) {
    FoundStatistics found = path_ == "/" ? FoundStatistics{} : find_statistics(group, path);
    if (found.tables.empty()) return false;
    dimensions_ = std::max(dimensions_, found.dimensions);
    note(std::move(found.obstacle));
    run_.statistics = std::move(found.tables);
    statistics_steps_ = std::move(found.steps);
    return true;
  }

  /// When all is read: statistics lie on the time axis of their fields.
  void join_statistics() {
    for (std::size_t number = 0; number < run_.statistics.size(); ++number) {
      schema::StatisticsTable& table = run_.statistics[number];
      const schema::StoredField* first = run_.field(table.fields.front());
      if (first != nullptr) table.time_axis = first->field.time_axis;
      if (table.has_time) note_length(table.path, statistics_steps_[number], table.time_axis);
    }
  }

  bool is_time_axis(const std::string& name) const {
    return name == schema::time_of_steps || time_axes_.contains(name);
  }

  void add_other(const std::string& name, const char* what) {
    run_.others.push_back(name);
    note(obstacle_in_member(schema::join(path_, name), what));
  }

  /// The first one is told.
  void note(std::string obstacle) {
    if (run_.obstacle.empty()) run_.obstacle = std::move(obstacle);
  }

  void note_dimension(hid_t dataset, const std::string& path) {
    constexpr const char* number = "_Netcdf4Dimid";
    if (!has_attribute(dataset, path, number)) return;
    const auto value = read_attribute(dataset, path, number);
    const auto* id = value ? std::get_if<std::int32_t>(&value->storage()) : nullptr;
    if (id != nullptr) dimensions_ = std::max(dimensions_, *id + 1);
  }

  void add_time(hid_t dataset, const std::string& name, const std::string& path) {
    if (name != schema::time_of_steps) {
      run_.time_axes.push_back({name, read_series(dataset, path)});
      return;
    }
    run_.has_time = true;
    run_.times = read_series(dataset, path);
    run_.run.options.time_unit = read_text(dataset, path, "units");
    run_.run.options.time_attributes = read_attributes(dataset, path, {"units"});
  }

  /// \return whether it is one
  bool add_variable(hid_t dataset, const std::string& name, const std::string& path, DataType type,
                    const Index& extents) {
    std::vector<std::string> scales;
    for (unsigned axis = 0; axis < extents.size(); ++axis) scales.push_back(scale_name(dataset, axis, path));
    const bool has_time = is_time_axis(scales[0]);
    if (has_time && extents.size() == 1) {
      schema::StoredScalar& scalar = run_.scalars.emplace_back();
      scalar.name = name;
      scalar.options = {read_text(dataset, path, "units"), read_text(dataset, path, "long_name"), scales[0]};
      scalar.is_integer = type == DataType::int64;
      if (scalar.is_integer) note_table(dataset, name, path);
      if (scalar.is_integer) scalar.mesh = read_text(dataset, path, schema::version_of);
      if (purpose_ == Purpose::reading || scalar.is_integer) scalar.values = read_series(dataset, path);
      note_length(path, extents[0], scales[0]);
      return true;
    }
    schema::StoredField stored;
    schema::Field& field = stored.field;
    field.name = name;
    field.run = run_.run.name;
    field.path = path;
    field.given = field.stored = type;
    field.time_dependent = has_time;
    std::size_t begin = has_time ? 1 : 0;
    std::size_t end = extents.size();
    if (has_time) stored.steps = extents[0];
    if (has_time) field.time_axis = scales[0];
    end -= add_components(dataset, path, scales, extents, begin, field);
    constexpr std::size_t most_axes = 4;
    if (end - begin > most_axes) return false;
    for (std::size_t axis = begin; axis < end; ++axis) field.axes.push_back(axes_.read(scales[axis], extents[axis]));
    read_storage(dataset, path, begin, end, stored);
    auto fill = read_element_attribute(dataset, path, "_FillValue", type);
    if (!fill.empty()) field.fill = std::move(fill);
    std::set<std::string, std::less<>> known{schema::rows_of};
    for (const schema::TextOption& option : schema::text_options) {
      field.*option.text = read_text(dataset, path, option.attribute);
      known.insert(option.attribute);
    }
    if (!field.tensor_axes.empty()) known.insert(schema::tensor_axes_of);
    field.attributes = read_attributes(dataset, path, known);
    if (has_time) note_length(path, extents[0], scales[0]);
    run_.fields.push_back(std::move(stored));
    return true;
  }

  /// The last axes, where they are those of components. \param begin of the grid's axes \return how many they are
  std::size_t add_components(hid_t dataset, const std::string& path, const std::vector<std::string>& scales,
                             const Index& extents, std::size_t begin, schema::Field& field) {
    const std::size_t axes = extents.size() - begin;
    const std::int64_t both = axes > 2 ? saturating_product(extents.end()[-2], extents.end()[-1]) : 0;
    if (both > 1 &&
        schema::are_tensor_axes(read_text(dataset, path, schema::tensor_axes_of), scales.end()[-2], scales.end()[-1])) {
      for (std::size_t axis = extents.size() - 2; axis < extents.size(); ++axis) {
        schema::Axis found = axes_.read(scales[axis], extents[axis]);
        if (std::ssize(found.texts) != extents[axis]) found.texts.clear();
        field.tensor_axes.push_back({found.name, std::move(found.texts), extents[axis]});
      }
      field.components = both;
      return 2;
    }
    const bool has_names = axes_.is_texts(scales.back());
    if (axes < 2 || (!has_names && scales.back() != "component_" + std::to_string(extents.back()))) return 0;
    field.components = extents.back();
    if (has_names && field.components > 1) {
      field.component_axis = scales.back();
      field.component_names = axes_.read(scales.back(), extents.back()).texts;
      if (std::ssize(field.component_names) != field.components) field.component_names.clear();
    }
    return 1;
  }

  void note_lengths() {
    for (const Length& one : lengths_) {
      const std::int64_t steps = std::ssize(run_.times_of(one.time_axis));
      if (one.steps == steps) continue;
      note(obstacle_in_member(one.path, "has " + std::to_string(one.steps) + " steps, and the time axis has " +
                                            std::to_string(steps)));
    }
    for (const schema::TimeAxis& axis : run_.time_axes) {
      if (std::ssize(run_.steps_of(axis.name)) == std::ssize(axis.times)) continue;
      note(obstacle_in_member(schema::join(path_, axis.name), "has times that are not those of steps"));
    }
  }

  /// Of a dataset along a time axis.
  struct Length {
    std::string path;
    std::int64_t steps;
    std::string time_axis;
  };
  void note_length(const std::string& path, std::int64_t steps, const std::string& time_axis) {
    lengths_.push_back({path, steps, time_axis});
  }

  hid_t group_;
  std::string path_;
  Purpose purpose_;
  schema::StoredRun run_;
  std::int32_t dimensions_ = 0;
  std::vector<Length> lengths_;
  std::vector<std::int64_t> statistics_steps_;  ///< of each table
  std::set<std::string> time_axes_;             ///< other than `time`
  std::vector<std::string> groups_;
  std::vector<std::pair<std::string, Handle>> datasets_;  ///< open, until all scales are known
  ScaleNames scales_;
  std::map<std::string, std::string> axes_by_bounds_;  ///< of scales that say so: their names by those of their bounds
  AxisReader axes_;
};

/// Hard links may go in circles.
constexpr int deepest_group = 16;

struct Request {
  Purpose purpose = Purpose::reading;
  const IsWanted& is_wanted;
};

void add_groups(hid_t group, const std::string& path, int depth, const Request& request, const ScaleNames& scales,
                schema::Contents& contents) {
  GroupReader reader(group, path, request.purpose, scales);
  contents.runs.push_back(reader.read());
  contents.dimensions = std::max(contents.dimensions, reader.dimensions());
  if (depth == deepest_group) return;
  for (const std::string& name : reader.groups()) {
    const std::string below = schema::join(path, name);
    if (request.is_wanted && !request.is_wanted(below)) {
      schema::StoredRun& run = contents.runs.emplace_back();
      run.run.path = below;
      run.run.name = below.substr(1);
      continue;
    }
    const Handle child(check_id(H5Gopen2(group, name.c_str(), H5P_DEFAULT), "H5Gopen2", below), H5Gclose);
    add_groups(child.get(), below, depth + 1, request, reader.scales(), contents);
  }
}

}  // namespace

schema::Contents read_contents(hid_t file, Purpose purpose, const IsWanted& is_wanted) {
  schema::Contents contents;
  const Handle root(check_id(H5Gopen2(file, "/", H5P_DEFAULT), "H5Gopen2", "/"), H5Gclose);
  add_groups(root.get(), "/", 0, {purpose, is_wanted}, {}, contents);
  return contents;
}

}  // namespace tessera::hdf5
