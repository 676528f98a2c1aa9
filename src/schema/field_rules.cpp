#include "schema/field_rules.hpp"

#include <algorithm>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/extents.hpp"
#include "base/filters.hpp"
#include "base/refuse.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/limits.hpp"
#include "schema/names.hpp"
#include "schema/table.hpp"
#include "schema/tensor_axes.hpp"

namespace tessera::schema {

namespace {

const char* to_string(Kind kind) {
  switch (kind) {
    case Kind::run: return "a run";
    case Kind::axis: return "an axis of a grid";
    case Kind::field: return "a field";
    case Kind::scalar: return "a scalar";
    case Kind::statistics: return "the group of the fields' statistics";
    case Kind::mapping: return "a grid mapping";
    case Kind::time_axis: return "a time axis";
    case Kind::other: return "something that was there before";
  }
  return "something else";
}

/// An axis may be shared by fields, but only when it is the same axis.
void check_axis(const Group& group, const Field& field, const Axis& axis) {
  const bool is_of_grid = axis.texts.empty() && !std::ranges::count(field.tensor_axes, axis.name, &TensorAxis::name);
  const char* remedy = is_of_grid ? "; name the grid's axes differently (GridOptions::axes)"
                       : field.tensor_axes.empty()
                           ? "; name the axis of components differently (FieldOptions::component_axis)"
                           : "; name the axis of components differently (TensorAxis::name)";
  const std::string what =
      "the axis " + in_quotes(axis.name) + " of field " + in_quotes(field.name) + " of " + group.described();
  if (axis.name == field.name) {
    throw Error(ErrorCode::name_in_use, what + " has the field's own name, and a group has a name once" + remedy);
  }
  const std::string& time_axis = field.time_axis;
  if (axis.name == time_of_steps || axis.name == time_axis || (axis.edges && axis.bounds_name() == time_axis))
    throw Error(ErrorCode::name_in_use, what + " has a name that is in use there for the time axis" + remedy);
  if (const AxisRecord* there = group.axes.find(axis.name)) {
    const std::string why = difference(there->axis, axis);
    if (why.empty()) return;
    throw Error(ErrorCode::name_in_use, what + " differs from the axis of that name that is there: " + why + remedy);
  }
  if (const Kind* kind = group.names.find(axis.name)) {
    throw Error(ErrorCode::name_in_use, what + " has a name that is in use there for " + to_string(*kind) + remedy);
  }
  if (!axis.edges) return;
  const std::string bounds = axis.bounds_name();
  if (const Kind* kind = group.names.find(bounds); kind != nullptr || bounds == field.name) {
    throw Error(ErrorCode::name_in_use, what + " has cells whose bounds are called " + in_quotes(bounds) +
                                            ", a name that is in use for " + to_string(kind ? *kind : Kind::field) +
                                            remedy);
  }
  check_axis(group, field, component_axis(2));
}

void check_axis_attributes(const Axis& axis, const std::string& what) {
  const std::string of_axis = "the axis " + in_quotes(axis.name) + " of " + what;
  check_text_attribute("the unit of " + of_axis, axis.unit);
  std::set<std::string> taken{"units", steps_among};  // what layout.cpp sets
  if (axis.length > max_coordinates) taken.insert({"origin", "spacing"});
  if (axis.edges) taken.insert("bounds");
  check_attributes(of_axis, axis.attributes, std::move(taken));
}

/// An axis of components, and their names on it: each another one.
void check_component_axis(const Field& field, const std::string& what, const std::string& axis,
                          const std::vector<std::string>& names) {
  check_name("axis of components", axis);
  if (std::ranges::count(field.axes, axis, &Axis::name) > 0) {
    const char* option = field.tensor_axes.empty() ? "FieldOptions::component_axis" : "TensorAxis::name";
    throw Error(ErrorCode::name_in_use, what + " has components on an axis " + in_quotes(axis) +
                                            ", as one of its grid's is called; choose another name (" + option + ")");
  }
  std::set<std::string> seen;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string which = "the name of component " + std::to_string(i) + " of " + what;
    if (names[i].empty()) refuse(which + " is empty; readers select components by their names");
    check_text(which, names[i]);
    if (!seen.insert(names[i]).second) refuse(which + ", " + in_quotes(names[i]) + ", is that of another one, too");
    bytes += names[i].size();
  }
  check_attribute_bytes("the list of names of components of " + what, bytes);
}

/// Names of components: as many as there are.
void check_component_names(const Field& field, const std::string& what) {
  for (const TensorAxis& axis : field.tensor_axes) {
    check_component_axis(field, what + " along the axis " + in_quotes(axis.name), axis.name, axis.names);
  }
  if (!field.tensor_axes.empty() && field.tensor_axes[0].name == field.tensor_axes[1].name) {
    throw Error(ErrorCode::name_in_use, what + " has two tensor axes of the name " +
                                            in_quotes(field.tensor_axes[0].name) +
                                            "; choose another name for one (TensorAxis::name)");
  }
  const auto& names = field.component_names;
  if (names.empty()) return;
  if (std::ssize(names) != field.components || field.components == 1) {
    refuse(what + " has " + std::to_string(field.components) + " components but " + std::to_string(names.size()) +
           " names of components; give one for each of two or more, or none");
  }
  check_component_axis(field, what, field.component_axis, names);
}

void check_given_chunk(const Field& field) {
  const std::string what = "the chunk " + to_string(field.chunk) + " of field " + in_quotes(field.name);
  const Index shape = field.shape();
  if (field.chunk.size() != shape.size()) {
    refuse(what + " needs one extent per axis of the grid, whose shape is " + to_string(shape) +
           (field.time_dependent ? ", or the number of steps and then these" : ""));
  }
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (field.chunk[axis] < 1 || field.chunk[axis] > shape[axis]) {
      refuse(what + " does not fit the shape " + to_string(shape) +
             "; every extent has to be between 1 and the field's");
    }
  }
  if (bytes_of(field.chunk, field.cell_bytes()) > max_chunk_bytes) {
    refuse(what + " has nearly 4 GiB or more, HDF5's limit; make it smaller");
  }
}

void check_chunk_steps(const Field& field, const std::string& what) {
  if (field.chunk_steps == 1) return;
  const std::string steps = what + " has chunks of " + std::to_string(field.chunk_steps) + " steps";
  const std::string remedy = " in FieldOptions::chunk";
  if (field.chunk_steps < 1) refuse(steps + "; give 1 or more" + remedy);
  if (field.chunk != field.shape()) {
    refuse(steps + ", which have to have the whole grid, whose shape is " + to_string(field.shape()) + ", and not " +
           to_string(field.chunk) + " of it; give that, or no steps," + remedy);
  }
  const std::int64_t bytes = bytes_of(field.shape(), field.cell_bytes());
  if (saturating_product(bytes, field.chunk_steps) <= max_spanning_chunk) return;
  const std::int64_t possible = max_spanning_chunk / std::max<std::int64_t>(bytes, 1);
  refuse(steps + " of " + size_text(bytes) + ", and a chunk with several steps may have 16 MiB; give at most " +
         std::to_string(std::max<std::int64_t>(possible, 1)) + remedy);
}

void check_rows_of_chunk(const Field& column, std::int64_t rows) {
  if (bytes_of(Index{std::max<std::int64_t>(rows, 1)}, column.cell_bytes()) <= max_chunk_bytes) return;
  refuse("the " + std::to_string(rows) + " rows of a chunk of table " + in_quotes(column.table) + " have " +
         std::to_string(column.cell_bytes()) + " bytes each in field " + in_quotes(column.name) +
         ", together nearly 4 GiB or more, HDF5's limit; make TableOptions::chunk_rows smaller");
}

void check_steps(const Group& group, const Field& field, const std::string& what) {
  if (!field.time_dependent && field.time_axis != time_of_steps) {
    refuse(what + (field.table.empty() ? " is static" : " is a column of a table, whose rows have no time axis") +
           ", and cannot lie on the time axis " + in_quotes(field.time_axis) + "; leave out FieldOptions::time_axis");
  }
  check_time_axis(group, what, field.name, field.time_axis);
  const std::int64_t before = field.time_dependent ? group.steps_on(field.time_axis) : 0;
  if (field.fill || before == 0) return;
  const std::string where = field.time_axis == time_of_steps ? "" : " of the time axis " + in_quotes(field.time_axis);
  throw Error(ErrorCode::not_covered, what + " begins at step " + std::to_string(before) + where +
                                          "; declare what the steps before read with FieldOptions::fill");
}

/// What TableOptions::position names is to be a place.
void check_position(const Field& column, const TableOptions& table) {
  const bool is_place = column.components == 3 && column.tensor_axes.empty() &&
                        !detail::is_short_float(column.stored) && detail::element_type(column.stored).is_floating;
  if (column.name != table.position || is_place) return;
  refuse("field " + in_quotes(column.name) + " is the position of table " + in_quotes(column.table) +
         ", which needs three components of float or double, and has " + std::to_string(column.components) + " of " +
         detail::element_type(column.stored).name + "; name another column in TableOptions::position, or none");
}

}  // namespace

void check_free(const Group& group, const char* kind, const std::string& name) {
  check_name(kind, name);
  const std::string what = "the " + std::string(kind) + " " + in_quotes(name) + " of " + group.described();
  if (name == "time") {
    throw Error(ErrorCode::name_in_use, what + " has a name that is in use there for the time axis; choose another");
  }
  const Kind* taken = group.names.find(name);
  if (taken == nullptr) return;
  const bool is_axis = *taken == Kind::axis;
  throw Error(ErrorCode::name_in_use,
              what + " has a name that is in use there for " + to_string(*taken) + "; choose another" +
                  (is_axis ? ", or give the grid's axes other names with GridOptions::axes" : ""));
}

void check_time_axis(const Group& group, const std::string& what, const std::string& name,
                     const std::string& time_axis) {
  if (time_axis == time_of_steps) return;
  check_name("time axis", time_axis);
  const Kind* taken = group.names.find(time_axis);
  if (time_axis != name && (taken == nullptr || *taken == Kind::time_axis)) return;
  const std::string itself = what.starts_with("scalar") ? "the scalar itself" : "the field itself";
  throw Error(ErrorCode::name_in_use, what + " lies on a time axis " + in_quotes(time_axis) +
                                          ", a name that is in use for " +
                                          (taken == nullptr ? itself : to_string(*taken)) +
                                          "; choose another name for the time axis (time_axis in its options)");
}

std::int64_t components_of(const FieldOptions<detail::ElementBytes>& options) noexcept {
  if (options.tensor_axes.size() == 2) {
    std::int64_t product = 1;
    for (const TensorAxis& axis : options.tensor_axes) {
      const auto length = axis.names.empty() ? std::int64_t{axis.length} : std::ssize(axis.names);
      product = saturating_product(product, std::max<std::int64_t>(0, length));
    }
    return product;
  }
  const auto named = static_cast<std::int64_t>(options.component_names.size());
  if (options.components == 1 && named > 1) return named;
  return options.components;
}

void check_field(const Group& group, const Field& field) {
  check_free(group, "field", field.name);
  const std::string what = "field " + in_quotes(field.name) + " of " + group.described();
  if (field.components < 1 || field.components > 65536) {
    refuse(what + " has " + components_text(field) + " components; 1 to 65536 are possible");
  }
  check_component_names(field, what);
  check_codec(*field.codec, what);
  check_steps(group, field, what);
  if (!field.table.empty() && !field.fill && group.rows.find(field.table)->end > 0) {
    throw Error(ErrorCode::not_covered, what + " begins when table " + in_quotes(field.table) +
                                            " has rows; declare what these read with FieldOptions::fill");
  }
  check_bytes(what, field);
  for (const Axis& axis : field.all_axes()) {
    check_axis(group, field, axis);
    check_axis_attributes(axis, what);
  }
  check_chunk_steps(field, what);
  if (!field.chunk.empty() && field.table.empty()) check_given_chunk(field);
  if (!field.table.empty()) {
    const TableOptions& table = group.rows.find(field.table)->options;
    check_rows_of_chunk(field, table.chunk_rows);
    check_position(field, table);
  }
  check_chunk_count(what, field, 1);
  std::set<std::string> taken{rows_of, tensor_axes_of};
  for (const TextOption& option : text_options) {
    check_text_attribute("the " + std::string(option.option) + " of " + what, field.*option.text);
    taken.insert(option.attribute);
  }
  check_attributes(what, field.attributes, std::move(taken));
}

}  // namespace tessera::schema
