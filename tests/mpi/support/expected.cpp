#include "support/expected.hpp"

#include <fstream>

#include "support/json.hpp"

namespace tessera_test {

using tessera::AttributeValue;

namespace {

template <class T>
struct Kind;
template <>
struct Kind<std::int32_t> {
  static constexpr const char* name = "int32";
};
template <>
struct Kind<std::int64_t> {
  static constexpr const char* name = "int64";
};
template <>
struct Kind<double> {
  static constexpr const char* name = "float64";
};
template <>
struct Kind<float> {
  static constexpr const char* name = "float32";
};
template <>
struct Kind<bool> {
  static constexpr const char* name = "bool";
};
template <>
struct Kind<std::string> {
  static constexpr const char* name = "string";
};

Json item(const std::string& value) { return Json::string(value); }
Json item(bool value) { return Json::string(value ? "1" : "0"); }
template <class T>
Json item(T value) {
  return Json::string(to_string(AttributeValue(value)));
}

/// Kind, and the values as text: one, or a list for a 1-D array.
template <class T>
std::vector<Json> kind_and_value(const T& value) {
  return {Json::string(Kind<T>::name), item(value)};
}
template <class T>
std::vector<Json> kind_and_value(const std::vector<T>& values) {
  std::vector<Json> items;
  for (std::size_t i = 0; i < values.size(); ++i) items.push_back(item(static_cast<T>(values[i])));
  return {Json::string(Kind<T>::name), Json::array(items)};
}

Json json_of(const tessera::Attributes& attributes) {
  std::vector<Json> items;
  for (const auto& [name, value] : attributes) {
    std::vector<Json> parts{Json::string(name)};
    const auto rest = std::visit([](const auto& content) { return kind_and_value(content); }, value.storage());
    parts.insert(parts.end(), rest.begin(), rest.end());
    items.push_back(Json::array(parts));
  }
  return Json::array(items);
}

Json json_of(double value) { return item(value); }

Json json_of(const std::vector<double>& values) {
  std::vector<Json> items;
  for (const double value : values) items.push_back(json_of(value));
  return Json::array(items);
}

Json json_of(const std::vector<std::string>& values) {
  std::vector<Json> items;
  for (const std::string& value : values) items.push_back(Json::string(value));
  return Json::array(items);
}

Json json_of(const std::vector<tessera::Attributes>& lists) {
  std::vector<Json> items;
  for (const tessera::Attributes& attributes : lists) items.push_back(json_of(attributes));
  return Json::array(items);
}

/// null where they are uniform, "none", or the values.
Json json_of(const tessera::Coordinates& coordinates) {
  using Kind = tessera::Coordinates::Kind;
  if (coordinates.kind() == Kind::none) return Json::string("none");
  return coordinates.kind() == Kind::uniform ? Json::null() : json_of(coordinates.values());
}

Json json_of(const std::vector<tessera::Coordinates>& coordinates) {
  std::vector<Json> items;
  for (const tessera::Coordinates& one : coordinates) items.push_back(json_of(one));
  return Json::array(items);
}

Json json_of(const tessera::Grid& grid) {
  return Json::object({{"shape", Json::array(grid.shape)},
                       {"spacing", json_of(grid.options.spacing)},
                       {"origin", json_of(grid.options.origin)},
                       {"coordinates", json_of(grid.options.coordinates)},
                       {"periodic", Json::array(grid.options.periodic)},
                       {"axes", json_of(grid.options.axes)},
                       {"unit", Json::string(grid.options.unit)},
                       {"units", json_of(grid.options.units)},
                       {"attributes", json_of(grid.options.attributes)}});
}

Json json_of(const ExpectedWrite& write) {
  std::vector<Json> boxes;
  for (const tessera::Box& box : write.boxes) {
    if (!box.empty()) boxes.push_back(Json::array(std::vector{Json::array(box.lower), Json::array(box.upper)}));
  }
  return Json::object({{"step", Json::number(write.step)},
                       {"formula_step", Json::number(write.formula_step)},
                       {"boxes", Json::array(boxes)}});
}

Json json_of(const ExpectedField& field, const tessera::Codec& default_codec) {
  const auto& options = field.options;
  const tessera::Codec codec = options.codec.value_or(default_codec);
  std::vector<Json> writes;
  for (const ExpectedWrite& write : field.writes) writes.push_back(json_of(write));
  return Json::object({{"name", Json::string(field.name)},
                       {"seed", Json::number(static_cast<std::int64_t>(field.seed))},
                       {"given", Json::string(field.given)},
                       {"stored", Json::string(field.stored)},
                       {"grid", json_of(field.grid)},
                       {"location", Json::number(static_cast<std::int64_t>(options.location))},
                       {"components", Json::number(options.components)},
                       {"time_dependent", Json::boolean(options.time_dependent)},
                       {"fill", field.fill.empty() ? Json::null() : Json::string(field.fill)},
                       {"values_from", field.values_from.empty() ? Json::null() : Json::string(field.values_from)},
                       {"level", Json::number(codec.level)},
                       {"shuffle", Json::boolean(codec.shuffle)},
                       {"chunk", options.chunk.empty() ? Json::null() : Json::array(options.chunk)},
                       {"unit", Json::string(options.unit)},
                       {"long_name", Json::string(options.long_name)},
                       {"attributes", json_of(options.attributes)},
                       {"writes", Json::array(writes)}});
}

Json json_of(const std::string& name, const ExpectedScalar& scalar) {
  std::vector<Json> values;
  for (const auto& [step, value] : scalar.values) {
    values.push_back(Json::array(std::vector{Json::number(step), json_of(value)}));
  }
  return Json::object({{"name", Json::string(name)},
                       {"unit", Json::string(scalar.options.unit)},
                       {"long_name", Json::string(scalar.options.long_name)},
                       {"values", Json::array(values)}});
}

Json json_of(const ExpectedRun& run, const tessera::Codec& default_codec) {
  std::vector<Json> fields;
  for (const auto& field : run.fields) fields.push_back(json_of(*field, default_codec));
  std::vector<Json> scalars;
  for (const auto& [name, scalar] : run.scalars) scalars.push_back(json_of(name, scalar));
  return Json::object({{"name", Json::string(run.name)},
                       {"attributes", json_of(run.attributes)},
                       {"time_unit", Json::string(run.options.time_unit)},
                       {"time_attributes", json_of(run.options.time_attributes)},
                       {"times", json_of(run.times)},
                       {"fields", Json::array(fields)},
                       {"scalars", Json::array(scalars)}});
}

}  // namespace

void write_manifest(const ExpectedFile& file, const std::string& path) {
  std::vector<Json> runs;
  for (const auto& run : file.runs) runs.push_back(json_of(*run, file.options.codec));
  const Json manifest = Json::object({{"file", Json::string(path.substr(path.rfind('/') + 1))},
                                      {"attributes", json_of(file.options.attributes)},
                                      {"closed", Json::boolean(file.closed)},
                                      {"depends_on_rank_count", Json::boolean(file.depends_on_rank_count)},
                                      {"runs", Json::array(runs)}});
  std::ofstream(path + ".json") << manifest.text() << '\n';
}

void ExpectedRun::cut(std::size_t count) {
  const auto end = static_cast<std::int64_t>(count);
  times.resize(count);
  for (const auto& field : fields) {
    std::erase_if(field->writes, [end](const ExpectedWrite& write) { return write.step >= end; });
  }
  for (auto& [key, scalar] : scalars) {
    scalar.values.erase(scalar.values.lower_bound(end), scalar.values.end());
  }
}

}  // namespace tessera_test
