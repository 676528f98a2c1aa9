#include "tools/ls/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

#include "tools/common/attributes_json.hpp"
#include "tools/common/number.hpp"

namespace tessera::tools {

namespace {

/// Of a count, in JSON without a point.
Json whole(double count) { return count < 1e18 ? Json(static_cast<std::int64_t>(count)) : Json(count); }

Json axis_json(const schema::Axis& axis) {
  Json json{{"name", axis.name}, {"length", axis.length}, {"unit", axis.unit}};
  if (!axis.has_coordinates || axis.length == 0) return json;
  json["first"] = axis.coordinate(0);
  json["last"] = axis.coordinate(axis.length - 1);
  return json;
}

Json filters_json(const std::vector<Filter>& filters) {
  Json json = Json::array();
  for (const Filter& filter : filters) json.push_back({{"number", filter.number}, {"parameters", filter.parameters}});
  return json;
}

Json field_json(const ListedField& listed) {
  const schema::StoredField& stored = *listed.field;
  const schema::Field& field = stored.field;
  Json shape = Json::array();
  Json names = Json::array();
  for (const DatasetAxis& axis : axes_of(stored)) {
    shape.push_back(axis.length);
    names.push_back(axis.name);
  }
  Json json{{"name", field.name}, {"path", field.path}, {"type", to_string(field.stored)}};
  json["shape"] = shape;
  json["axes"] = names;
  json["time_dependent"] = field.time_dependent;
  json["time_axis"] = field.time_dependent ? Json(field.time_axis) : Json();
  json["components"] = std::int64_t{field.components};
  json["unit"] = field.unit;
  json["long_name"] = field.long_name;
  json["attributes"] = attributes_json(field.attributes);
  json["chunk"] = std::vector<std::int64_t>(field.chunk.begin(), field.chunk.end());
  json["filters"] = filters_json(stored.storage.filters);
  json["raw_bytes"] = whole(listed.raw_bytes);
  json["stored_bytes"] = listed.stored_bytes ? whole(*listed.stored_bytes) : Json();
  if (listed.files > 0) json["other_files"] = listed.files;
  json["minimum"] = listed.range ? Json(listed.range->minimum) : Json();
  json["maximum"] = listed.range ? Json(listed.range->maximum) : Json();
  return json;
}

Json scalar_json(const schema::StoredScalar& scalar) {
  return {{"name", scalar.name},
          {"unit", scalar.options.unit},
          {"long_name", scalar.options.long_name},
          {"time_axis", scalar.options.time_axis},
          {"values", scalar.values}};
}

Json axes_json(const ListedRun& listed) {
  Json axes = Json::array();
  std::vector<std::string> known;
  for (const ListedField& field : listed.fields) {
    for (const schema::Axis& axis : field.field->field.axes) {
      if (std::ranges::find(known, axis.name) != known.end()) continue;
      known.push_back(axis.name);
      axes.push_back(axis_json(axis));
    }
  }
  return axes;
}

Json run_json(const ListedRun& listed) {
  const schema::StoredRun& run = *listed.run;
  Json json{{"name", run.run.name}, {"path", run.run.path}, {"parameters", attributes_json(run.attributes)}};
  json["steps"] = run.has_time ? Json(run.times.size()) : Json();
  json["time"] = Json();
  if (run.has_time) json["time"] = {{"unit", run.run.options.time_unit}, {"values", run.times}};
  json["time_axes"] = Json::array();
  for (const schema::TimeAxis& axis : run.time_axes) {
    json["time_axes"].push_back({{"name", axis.name}, {"values", axis.times}});
  }
  json["axes"] = axes_json(listed);
  json["fields"] = Json::array();
  for (const ListedField& field : listed.fields) json["fields"].push_back(field_json(field));
  json["scalars"] = Json::array();
  for (const auto* scalar : listed.scalars) json["scalars"].push_back(scalar_json(*scalar));
  return json;
}

}  // namespace

Json listing_json(const Listing& listing) {
  Json json{{"file", listing.file}, {"bytes", whole(listing.bytes)}, {"state", to_string(listing.state)}};
  const schema::StoredRun* root = listing.contents.run("/");
  json["attributes"] = root == nullptr ? Json::object() : attributes_json(root->attributes);
  json["runs"] = Json::array();
  for (const ListedRun& run : listing.runs) json["runs"].push_back(run_json(run));
  return json;
}

}  // namespace tessera::tools
