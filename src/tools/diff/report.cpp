#include "tools/diff/report.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

namespace {

std::string index_text(const Index& index) {
  std::string text = "[";
  for (std::size_t axis = 0; axis < index.size(); ++axis) text += (axis > 0 ? ", " : "") + std::to_string(index[axis]);
  return text + "]";
}

std::string place_text(const ValueDifference& one) {
  std::string text;
  if (one.step) text += " at step " + std::to_string(*one.step);
  if (one.time) text += " (time " + exact(*one.time) + ")";
  if (one.index.empty()) return text;
  text += (one.step ? ", " : " at ") + index_text(one.index);
  for (std::size_t axis = 0; axis < one.coordinates.size(); ++axis) {
    text += (axis == 0 ? " (" : ", ") + one.coordinates[axis].first + " = " + exact(one.coordinates[axis].second);
  }
  return text + (one.coordinates.empty() ? "" : ")");
}

}  // namespace

std::string diff_text(const DiffReport& report) {
  std::string text;
  for (const OtherDifference& one : report.others) text += one.path + ": " + one.text + "\n";
  for (const ValueDifference& one : report.values) {
    text += one.path + ": " + std::to_string(one.differing) + " of " + std::to_string(one.compared) +
            " values differ; the largest difference is " + exact(one.largest) + place_text(one) + ": " + exact(one.a) +
            " and " + exact(one.b) + "\n";
  }
  return text + report.a + " and " + report.b + (report.is_same() ? ": the same, " : ": different, ") +
         std::to_string(report.compared) + " values compared\n";
}

std::string diff_json(const DiffReport& report) {
  Json others = Json::array();
  for (const OtherDifference& one : report.others) others.push_back({{"path", one.path}, {"text", one.text}});
  Json values = Json::array();
  for (const ValueDifference& one : report.values) {
    Json json{{"path", one.path},
              {"compared", one.compared},
              {"differing", one.differing},
              {"largest", one.largest},
              {"a", one.a},
              {"b", one.b}};
    if (one.step) json["step"] = *one.step;
    if (one.time) json["time"] = *one.time;
    json["index"] = std::vector<std::int64_t>(one.index.begin(), one.index.end());
    Json coordinates = Json::object();
    for (const auto& [axis, value] : one.coordinates) coordinates[axis] = value;
    json["coordinates"] = std::move(coordinates);
    values.push_back(std::move(json));
  }
  return json_text({{"a", report.a},
                    {"b", report.b},
                    {"same", report.is_same()},
                    {"others", std::move(others)},
                    {"values", std::move(values)},
                    {"compared", report.compared},
                    {"chunks_of_same_bytes", report.same_bytes}});
}

}  // namespace tessera::tools
