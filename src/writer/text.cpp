#include "writer/text.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include <tessera/box.hpp>

#include "base/filters.hpp"
#include "base/text.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/publish_choice.hpp"
#include "writer/table_entry.hpp"

namespace tessera::detail {

namespace {

std::string text_of(const Attributes& attributes);

std::string text_of(const std::vector<double>& values) {
  std::string text = "[";
  for (const double value : values) text += (text.size() > 1 ? ", " : "") + exact(value);
  return text + "]";
}

std::string text_of(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) text += (text.size() > 1 ? ", " : "") + in_quotes(value);
  return text + "]";
}

std::string text_of(const ReportOptions& report) {
  std::string text = report.measure ? "measured" : "none";
  for (const auto& [name, is_wanted] :
       {std::pair{" lines", report.lines}, {" summary", report.summary}, {" file", report.file}}) {
    if (is_wanted) text += name;
  }
  return text;
}

/// Fill values as their bytes: exact for every type, NaN included.
std::string text_of(const std::vector<std::byte>& bytes) { return "0x" + hexadecimal(bytes); }

std::string text_of(const std::string& text) { return in_quotes(text); }
std::string text_of(std::same_as<bool> auto value) { return value ? "true" : "false"; }
std::string text_of(std::same_as<std::int64_t> auto number) { return std::to_string(number); }
std::string text_of(Location location) {
  switch (location) {
    case Location::point: return "point";
    case Location::cell: return "cell";
    case Location::face_x: return "face_x";
    case Location::face_y: return "face_y";
    case Location::face_z: return "face_z";
    case Location::edge_x: return "edge_x";
    case Location::edge_y: return "edge_y";
    case Location::edge_z: return "edge_z";
  }
  return "cells along " + std::to_string(static_cast<int>(location));
}
/// Without the values, which may differ by rounding.
std::string text_of(const Coordinates& coordinates) {
  std::string count = std::to_string(coordinates.values().size()) + " values";
  switch (coordinates.kind()) {
    case Coordinates::Kind::uniform: return "uniform";
    case Coordinates::Kind::values: return count;
    case Coordinates::Kind::values_of_rank_0: return "values of rank 0";
    case Coordinates::Kind::none: return "none";
  }
  return count;
}
std::string text_of(const std::vector<Coordinates>& values) {
  std::string text = "[";
  for (const Coordinates& value : values) text += (text.size() > 1 ? ", " : "") + text_of(value);
  return text + "]";
}
std::string text_of(Precision precision) {
  switch (precision) {
    case Precision::as_given: return "as given";
    case Precision::single: return "single";
    case Precision::half: return "half";
    case Precision::bfloat16: return "bfloat16";
  }
  return std::to_string(static_cast<int>(precision));
}
std::string text_of(const std::vector<TensorAxis>& axes) {
  std::string text = "[";
  for (const TensorAxis& axis : axes) {
    text += (text.size() > 1 ? ", " : "") + in_quotes(axis.name) + " " + text_of(axis.names) + " " +
            std::to_string(axis.length);
  }
  return text + "]";
}
std::string text_of(const Index& index) { return to_string(index); }
std::string text_of(const Codec& codec) { return to_string(codec); }

using detail::text_of;  // numbers of other types too, as attributes

/// Of options: another text for every other value, or ranks that differ do not notice. Of a type that is not among
/// these nothing compiles.
template <class Value>
std::string text_of_option(const Value& value) {
  return text_of(value);
}
std::string text_of_option(const Integer& value) { return text_of(std::int64_t{value}); }
template <class Value>
std::string text_of_option(const std::optional<Value>& value) {
  return value ? text_of(*value) : "";
}

/// ", name value", left out when the value is the default.
void add(std::string& text, const char* name, const std::string& value, bool is_set) {
  if (is_set) text += std::string(", ") + name + " " + value;
}

}  // namespace

/// The types apart that look alike: 1, 1 (int64), 1.0 and 1 (float32); an empty array of numbers and one of texts.
std::string text_of(const AttributeValue& value) {
  const std::string text = to_string(value);
  struct {
    std::string operator()(std::int32_t) const { return ""; }
    std::string operator()(std::int64_t) const { return " (int64)"; }
    std::string operator()(double) const { return is_integer ? ".0" : ""; }
    std::string operator()(float) const { return " (float32)"; }
    std::string operator()(bool) const { return ""; }
    std::string operator()(const std::string&) const { return ""; }
    std::string operator()(const std::vector<std::int32_t>&) const { return " (int32)"; }
    std::string operator()(const std::vector<std::int64_t>&) const { return " (int64)"; }
    std::string operator()(const std::vector<double>&) const { return " (float64)"; }
    std::string operator()(const std::vector<float>&) const { return " (float32)"; }
    std::string operator()(const std::vector<bool>&) const { return " (bool)"; }
    std::string operator()(const std::vector<std::string>&) const { return " (text)"; }
    bool is_integer;
  } const type_text{text.find_first_not_of("-0123456789") == std::string::npos};
  return text + std::visit(type_text, value.storage());
}

namespace {

std::string text_of(const Attributes& attributes) {
  std::string text = "{";
  for (const Attribute& attribute : attributes) {
    text += (text.size() > 1 ? ", " : "") + attribute.name + ": " + text_of(attribute.value);
  }
  return text + "}";
}

/// All options of a field that are not the default.
void add_changed(std::string& text, const FieldOptions<ElementBytes>& options) {
  const FieldOptions<ElementBytes> usual;
  std::string_view names = option_names;
  const auto add_one = [&](const auto& value, const auto& otherwise) {
    const std::string name(names.substr(0, names.find(',')));
    names.remove_prefix(std::min(names.size(), name.size() + std::string_view(", ").size()));
    const std::string changed = text_of_option(value);
    add(text, name.c_str(), changed, changed != text_of_option(otherwise));
  };
  const auto add_all = [&](const auto&... values) {
    std::apply([&](const auto&... usual_ones) { (add_one(values, usual_ones), ...); }, each_option(usual));
  };
  std::apply(add_all, each_option(options));
}

}  // namespace

std::string writer_text(const std::string& path, const Options& options) {
  std::string text = "Writer(" + in_quotes(path);
  add(text, "overwrite", "true", options.overwrite);
  add(text, "open", "append", options.open == OpenMode::append);
  add(text, "open", "append_or_create", options.open == OpenMode::append_or_create);
  add(text, "history", in_quotes(options.history), !options.history.empty());
  add(text, "attributes", text_of(options.attributes), !options.attributes.empty());
  constexpr std::array side_files{"none", "vtkhdf", "xdmf", "both"};
  add(text, "paraview", side_files.at(static_cast<std::size_t>(options.paraview)), options.paraview != SideFiles::none);
  text += ", codec " + to_string(options.codec) + ", chunk bytes " + std::to_string(options.chunk_bytes);
  text += options.engine == Engine::direct ? ", direct engine" : ", collective engine";
  add(text, "durability", "power_safe", options.durability == Durability::power_safe);
  text += ", reader grace " + std::to_string(options.reader_grace_ms) + " ms, memory budget " +
          std::to_string(options.memory_budget);
  add(text, "threads", std::to_string(options.threads), options.threads != 0);
  add(text, "steps in flight", std::to_string(options.steps_in_flight), options.steps_in_flight != 1);
  add(text, "publish by", name_of(options.publish_by), options.publish_by != PublishBy::next_call);
  add(text, "rank timeout", exact(options.rank_timeout) + " s", options.rank_timeout != 0);
  add(text, "statistics", "off", !options.statistics);
  add(text, "report", text_of(options.report), options.report != ReportOptions{});
  for (const auto& [key, value] : options.mpi_io_hints) add(text, key.c_str(), in_quotes(value), true);
  return text + ")";
}

std::string run_text(const std::string& name, const Attributes& parameters, const RunOptions& options) {
  std::string text =
      "run(" + in_quotes(name) + ", " + text_of(parameters) + ", time unit " + in_quotes(options.time_unit);
  add(text, "time attributes", text_of(options.time_attributes), !options.time_attributes.empty());
  return text + ")";
}

std::string field_text(const RunEntry& run, const std::string& name, const Grid& grid, const FieldRequest& request) {
  // By their names, so that one that is forgotten does not compile.
  const auto& [spacing, origin, coordinates, periodic, axes, axis_unit, axis_units, axis_attributes, places, mapping] =
      grid.options;
  std::string text = "field(" + in_quotes(name) + " of " + run.described() + ", " + to_string(request.type) +
                     ", grid " + to_string(grid.shape);
  add(text, "spacing", text_of(spacing), !spacing.empty());
  add(text, "origin", text_of(origin), !origin.empty());
  add(text, "coordinates", text_of(coordinates), !coordinates.empty());
  add(text, "periodic", text_of(periodic), !periodic.empty());
  add(text, "axes", text_of(axes), !axes.empty());
  add(text, "axis unit", in_quotes(axis_unit), !axis_unit.empty());
  add(text, "axis units", text_of(axis_units), !axis_units.empty());
  for (const Attributes& of_axis : axis_attributes) add(text, "axis attributes", text_of(of_axis), true);
  add(text, "places", text_of(places), !places.empty());
  add(text, "mapping", in_quotes(mapping.name) + " " + text_of(mapping.attributes), !mapping.attributes.empty());
  add_changed(text, request.options);
  return text + ")";
}

namespace {

/// \param where it is declared, on no grid; empty: nowhere
std::string field_text_on(const RunEntry& run, const std::string& name, const std::string& where,
                          const FieldRequest& request) {
  std::string text = "field(" + in_quotes(name) + " of " + run.described() + ", " + to_string(request.type);
  if (!where.empty()) text += ", " + where;
  add_changed(text, request.options);
  return text + ")";
}

}  // namespace

std::string mesh_field_text(const RunEntry& run, const std::string& name, const MeshSpaceEntry* space,
                            const FieldRequest& request) {
  const auto where = [&] {
    return std::string(space->location == Location::point ? "nodes" : "cells") + " of mesh " +
           in_quotes(space->mesh->name);
  };
  return field_text_on(run, name, space != nullptr ? where() : "", request);
}

std::string table_text(const RunEntry& run, const std::string& name, const TableOptions& options) {
  const auto& [chunk_rows, position] = options;
  std::string text = "table(" + in_quotes(name) + " of " + run.described();
  add(text, "chunk_rows", std::to_string(chunk_rows), chunk_rows != 0);
  add(text, "position", in_quotes(position), !position.empty());
  return text + ")";
}

std::string column_text(const RunEntry& run, const std::string& name, const TableEntry* table,
                        const FieldRequest& request) {
  return field_text_on(run, name, table != nullptr ? "column of table " + in_quotes(table->name) : "", request);
}

std::string refined_field_text(const RunEntry& run, const std::string& name, const std::string& refinement,
                               const FieldRequest& request) {
  return field_text_on(run, name, "on refinement " + in_quotes(refinement), request);
}

std::string mesh_text(const RunEntry& run, const std::string& name, const MeshOptions& options) {
  const auto& [dimensions, unit, long_name, position, version] = options;
  std::string text =
      "mesh(" + in_quotes(name) + " of " + run.described() + ", " + std::to_string(dimensions) + " dimensions";
  add(text, "unit", in_quotes(unit), !unit.empty());
  add(text, "long_name", in_quotes(long_name), !long_name.empty());
  add(text, "position", in_quotes(position), !position.empty());
  add(text, "version", std::to_string(version), version != 0);
  return text + ")";
}

std::string step_name(const StepEntry& step) {
  if (!step.values.time) return "commit of static fields of " + step.run->described();
  return "commit of step " + std::to_string(step.run->group().steps) + " of " + step.run->described();
}

}  // namespace tessera::detail
