#include <cstring>

#include "base/filters.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "grid/shared_chunks.hpp"
#include "schema/layout.hpp"
#include "writer/limits.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The collective definitions: runs, fields, attributes, scalars.

namespace tessera::detail {

namespace {

/// Names that readers give a meaning to; setting them by hand would break the file for these readers.
bool is_reserved(const std::string& name) {
  static const std::set<std::string> reserved{"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_FillValue",
                                              "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties", "_nc3_strict"};
  return reserved.contains(name);
}

void check_attribute(const std::set<std::string>& taken, const std::string& owner, const Attribute& attribute) {
  check_name("attribute", attribute.name);
  const std::string what = "the attribute " + in_quotes(attribute.name) + " of " + owner;
  if (is_reserved(attribute.name)) {
    throw Error(ErrorCode::invalid_argument, what + " has a name that readers of HDF5 and netCDF reserve; choose another");
  }
  if (taken.contains(attribute.name)) {
    throw Error(ErrorCode::name_in_use, what + " exists already; a name can be used once");
  }
  if (attribute.value.defect() != nullptr) {
    throw Error(ErrorCode::invalid_argument, what + " " + attribute.value.defect());
  }
  check_attribute_bytes(what, attribute.value);
}

void check_attributes(std::set<std::string> taken, const std::string& owner, const Attributes& attributes) {
  check_attribute_count(owner, taken.size() + attributes.size());
  for (const Attribute& attribute : attributes) {
    check_attribute(taken, owner, attribute);
    taken.insert(attribute.name);
  }
}

void check_free(const RunEntry& run, const char* kind, const std::string& name) {
  check_name(kind, name);
  if (name == "time") {
    throw Error(ErrorCode::name_in_use, "the " + std::string(kind) + " " + in_quotes(name) + " of " + run.described() +
                                            " has the name of the time axis; choose another");
  }
  if (run.names.contains(name)) {
    throw Error(ErrorCode::name_in_use, "the " + std::string(kind) + " " + in_quotes(name) + " of " + run.described() +
                                            " has a name that is in use there; choose another");
  }
}

void add_names(std::set<std::string>& names, const Attributes& attributes) {
  for (const Attribute& attribute : attributes) names.insert(attribute.name);
}

/// An axis may be shared by fields, but only when it is the same axis.
void check_axis(const RunEntry& run, const std::string& field, const schema::Axis& axis) {
  const auto known = run.axes.find(axis.name);
  if (known != run.axes.end() ? known->second == axis : !run.names.contains(axis.name)) {
    if (axis.name != field && axis.name != "time") return;
  }
  throw Error(ErrorCode::name_in_use,
              "the axis " + in_quotes(axis.name) + " of field " + in_quotes(field) + " of " + run.described() +
                  " has a name that is in use there for something else, or for an axis of another length, spacing, origin "
                  "or unit; name the grid's axes differently (GridOptions::axes)");
}

/// A fill value in the stored type.
std::vector<std::byte> stored_fill(const schema::Field& field, const std::vector<std::byte>& given) {
  if (given.empty() || field.given == field.stored) return given;
  double wide = 0;
  std::memcpy(&wide, given.data(), sizeof wide);
  const float narrow = static_cast<float>(wide);
  std::vector<std::byte> bytes(sizeof narrow);
  std::memcpy(bytes.data(), &narrow, sizeof narrow);
  return bytes;
}

void check_chunk(const schema::Field& field) {
  if (field.chunk.empty()) return;
  const std::string what = "the chunk " + to_string(field.chunk) + " of field " + in_quotes(field.name);
  const Index shape = field.shape();
  if (field.chunk.size() != shape.size()) {
    throw Error(ErrorCode::invalid_argument, what + " needs one extent per axis of the grid, whose shape is " +
                                                 to_string(shape));
  }
  double bytes = static_cast<double>(field.cell_bytes());
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (field.chunk[axis] < 1 || field.chunk[axis] > shape[axis]) {
      throw Error(ErrorCode::invalid_argument, what + " does not fit the shape " + to_string(shape) +
                                                   "; every extent has to be between 1 and the field's");
    }
    bytes *= static_cast<double>(field.chunk[axis]);
  }
  if (bytes > static_cast<double>(largest_chunk_bytes)) {
    throw Error(ErrorCode::invalid_argument, what + " has nearly 4 GiB or more, HDF5's limit; make it smaller");
  }
  check_chunk_count("field " + in_quotes(field.name), grid::count_chunks(shape, field.chunk), field.chunk, 1);
}

schema::Field describe(const RunEntry& run, const std::string& name, const Grid& grid, const FieldRequest& request,
                       const Codec& default_codec) {
  const FieldOptions<double>& options = request.options;
  schema::Field field;
  field.name = name;
  field.run = run.description.name;
  field.path = schema::join(run.description.path, name);
  field.given = field.stored = request.type;
  if (options.precision == Precision::single && request.type == DataType::float64) field.stored = DataType::float32;
  field.axes = schema::axes_of(grid, options.location);
  field.components = options.components;
  field.time_dependent = options.time_dependent;
  field.fill = stored_fill(field, request.fill);
  field.codec = options.codec.value_or(default_codec);
  field.chunk = options.chunk;
  field.unit = options.unit;
  field.long_name = options.long_name;
  field.attributes = options.attributes;
  return field;
}

void check_field(const RunEntry& run, const schema::Field& field) {
  check_free(run, "field", field.name);
  const std::string what = "field " + in_quotes(field.name) + " of " + run.described();
  if (field.components < 1 || field.components > 65536) {
    throw Error(ErrorCode::invalid_argument,
                what + " has " + std::to_string(field.components) + " components; 1 to 65536 are possible");
  }
  check_codec(field.codec, what);
  if (field.time_dependent && field.fill.empty() && run.steps > 0) {
    throw Error(ErrorCode::not_covered, what + " begins at step " + std::to_string(run.steps) +
                                            "; declare what the steps before read with FieldOptions::fill");
  }
  check_bytes(what, field);
  for (const schema::Axis& axis : field.axes) check_axis(run, field.name, axis);
  if (field.components > 1) check_axis(run, field.name, schema::component_axis(field.components));
  check_chunk(field);
  check_attribute_bytes("the unit of " + what, field.unit);
  check_attribute_bytes("the long_name of " + what, field.long_name);
  std::set<std::string> taken{"units", "long_name"};
  check_attributes(taken, what, field.attributes);
}

}  // namespace

std::shared_ptr<RunEntry> WriterState::add_run(const std::string& name, const Attributes& parameters,
                                               const RunOptions& options) {
  return together("Writer::run", "run(" + in_quotes(name) + ")", [&] {
    meet(run_text(name, parameters, options), [&] {
      check_free(*root_, "run", name);
      check_attributes({}, "run " + in_quotes(name), parameters);
    });
    auto run = std::make_shared<RunEntry>();
    run->writer = this;
    run->description = {name, "/" + name, options};
    add_names(run->attribute_names, parameters);
    root_->names.insert(name);
    engine_->define(schema::create_run(run->description, parameters));
    runs_.push_back(run);
    return run;
  });
}

std::shared_ptr<RunEntry> WriterState::root(const Attributes& parameters, const RunOptions& options) {
  return together("Writer::root", "root()", [&] {
    meet(run_text("/", parameters, options), [&] {
      check_attributes(root_->attribute_names, "the root group", parameters);
      if (root_->time_created && root_->description.options.time_unit != options.time_unit) {
        throw Error(ErrorCode::wrong_order, "the root group has steps already; its time unit cannot change");
      }
    });
    root_->description.options = options;
    add_names(root_->attribute_names, parameters);
    engine_->define(schema::create_run(root_->description, parameters));
    return root_;
  });
}

std::shared_ptr<FieldEntry> WriterState::add_field(RunEntry& run, const std::string& name, const Grid& grid,
                                                   const FieldRequest& request) {
  schema::Field description;
  together("Run::field", "field(" + in_quotes(name) + " of " + run.described() + ")", [&] {
    meet(field_text(run, name, grid, request), [&] {
      check_series(run, 1);
      description = describe(run, name, grid, request, options_.codec);
      check_field(run, description);
    });
  });
  auto field = std::make_shared<FieldEntry>();
  field->description = std::move(description);
  field->run = &run;
  field->number = static_cast<int>(run.fields.size());
  field->chunk_given = !field->description.chunk.empty();
  run.names.insert(name);
  std::vector<schema::Axis> axes = field->description.axes;
  if (field->description.components > 1) axes.push_back(schema::component_axis(field->description.components));
  for (const schema::Axis& axis : axes) {
    run.axes.emplace(axis.name, axis);
    run.names.insert(axis.name);
  }
  run.names.insert("time");
  run.fields.push_back(field);
  return field;
}

void WriterState::add_attribute(RunEntry& run, const std::string& name, const AttributeValue& value) {
  const std::string what = "attribute(" + in_quotes(name) + " of " + run.described();
  together("Run::attribute", what + ")", [&] {
    meet(what + ", " + text_of(value) + ")", [&] {
      check_attribute_count(run.described(), run.attribute_names.size() + 1);
      check_attribute(run.attribute_names, run.described(), {name, value});
    });
  });
  run.attribute_names.insert(name);
  engine_->define({schema::SetAttribute{run.description.path, name, value}});
}

void WriterState::add_scalar(RunEntry& run, const std::string& name, const ScalarOptions& options) {
  const std::string what = "scalar(" + in_quotes(name) + " of " + run.described();
  together("Run::scalar", what + ")", [&] {
    meet(what + ", unit " + in_quotes(options.unit) + ", long_name " + in_quotes(options.long_name) + ")",
         [&] {
           check_free(run, "scalar", name);
           check_series(run, 1);
         });
  });
  run.names.insert(name);
  run.names.insert("time");
  run.scalars.emplace(name, options);
}

}  // namespace tessera::detail
