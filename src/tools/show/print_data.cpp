#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "tools/common/json.hpp"
#include "tools/common/number.hpp"
#include "tools/common/table.hpp"
#include "tools/show/shown.hpp"
#include "tools/show/values.hpp"

namespace tessera::tools {

namespace {

/// As much as is read and formatted at once, in elements.
constexpr std::int64_t most_at_once = 1 << 20;

/// Calls `use(values, box)` for the parts of the shown box, in C order: pieces along its slowest long axis.
template <class Use>
void for_each_part(hdf5::InputFile& file, const Shown& shown, std::int64_t step, const Use& use) {
  const std::vector<std::size_t> axes = shown.long_axes();
  Box part = shown.box;
  if (axes.empty()) return use(read_values(file, *shown.field, shown.place(step), part), part);
  const std::size_t axis = axes.front();
  const std::int64_t length = shown.box.upper[axis] - shown.box.lower[axis];
  const std::int64_t layer = std::max<std::int64_t>(shown.box.volume() / length * shown.field->field.components, 1);
  const std::int64_t at_once = std::max<std::int64_t>(most_at_once / layer, 1);
  for (std::int64_t begin = shown.box.lower[axis]; begin < shown.box.upper[axis]; begin += at_once) {
    part.lower[axis] = begin;
    part.upper[axis] = std::min(begin + at_once, shown.box.upper[axis]);
    use(read_values(file, *shown.field, shown.place(step), part), part);
  }
}

/// A cell of CSV (RFC 4180).
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string result = "\"";
  for (const char letter : text) result += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return result + "\"";
}

/// The next place of a box in C order.
void advance(Index& place, const Box& box) {
  for (std::size_t axis = box.rank(); axis-- > 0;) {
    if (++place[axis] < box.upper[axis]) return;
    place[axis] = box.lower[axis];
  }
}

/// Writes brackets around values as they come, by the extents of a nested list.
class Nesting {
 public:
  explicit Nesting(std::vector<std::int64_t> extents) : extents_(std::move(extents)), place_(extents_.size(), 0) {}

  void add(const std::string& value, std::string& out) {
    std::size_t opened = place_.size();
    while (opened > 0 && place_[opened - 1] == 0) --opened;
    if (!is_first_) out += ", ";
    out.append(place_.size() - opened, '[');
    out += value;
    is_first_ = false;
    for (std::size_t axis = place_.size(); axis-- > 0;) {
      if (++place_[axis] < extents_[axis]) return;
      place_[axis] = 0;
      out += ']';
    }
  }

 private:
  std::vector<std::int64_t> extents_;
  std::vector<std::int64_t> place_;
  bool is_first_ = true;
};

std::string csv_title(const Shown& shown) {
  const schema::Field& field = shown.field->field;
  std::string title = field.time_dependent ? "step,time," : "";
  for (std::size_t axis = 0; axis < field.axes.size(); ++axis)
    title += quoted(printable(axis_label(field, axis))) + ",";
  for (std::int64_t i = 0; i < field.components; ++i) {
    if (i > 0) title += ",";
    title += quoted(printable(field.name) + (field.components > 1 ? "_" + component_label(field, i) : ""));
  }
  return title + "\n";
}

}  // namespace

void print_csv(hdf5::InputFile& file, const Shown& shown, bool by_number) {
  const schema::Field& field = shown.field->field;
  print(csv_title(shown));
  const auto axis_cell = [&](std::size_t axis, std::int64_t cell) {
    if (by_number) return std::to_string(cell);
    return exact(shown.coordinates[axis][static_cast<std::size_t>(cell - shown.box.lower[axis])]);
  };
  for (const std::int64_t step : shown.steps) {
    const std::string begin = field.time_dependent ? std::to_string(step) + "," + exact(shown.time(step)) + "," : "";
    for_each_part(file, shown, step, [&](const Values& values, const Box& part) {
      std::string text;
      Index place = part.lower;
      for (std::size_t at = 0; at < values.size(); advance(place, part)) {
        text += begin;
        for (std::size_t axis = 0; axis < part.rank(); ++axis) text += axis_cell(axis, place[axis]) + ",";
        for (std::int64_t i = 0; i < field.components; ++i) text += (i > 0 ? "," : "") + values.exact_text(at++);
        text += "\n";
      }
      print(text);
    });
  }
}

void print_json(hdf5::InputFile& file, const std::string& path, const Shown& shown) {
  const schema::Field& field = shown.field->field;
  Json about{{"file", path}, {"field", field.path}, {"type", to_string(field.stored)}, {"unit", field.unit}};
  about["axes"] = Json::array();
  for (std::size_t axis = 0; axis < shown.box.rank(); ++axis) {
    about["axes"].push_back({{"name", axis_label(field, axis)},
                             {"unit", field.axes[axis].unit},
                             {"first", shown.box.lower[axis]},
                             {"coordinates", shown.coordinates[axis]}});
  }
  std::vector<std::int64_t> extents;
  if (field.time_dependent) {
    std::vector<double> times;
    for (const std::int64_t step : shown.steps) times.push_back(shown.time(step));
    about["steps"] = shown.steps;
    about["times"] = times;
    extents.push_back(static_cast<std::int64_t>(shown.steps.size()));
  }
  for (const std::int64_t extent : shown.box.extents()) extents.push_back(extent);
  for (const std::int64_t extent : field.component_extents()) extents.push_back(extent);
  std::string begin = json_text(about, -1);
  begin.erase(begin.rfind('}'));
  print(begin + ",\"values\":");
  Nesting nesting(extents);
  for (const std::int64_t step : shown.steps) {
    for_each_part(file, shown, step, [&](const Values& values, const Box&) {
      std::string text;
      for (std::size_t at = 0; at < values.size(); ++at) nesting.add(values.json_text(at), text);
      print(text);
    });
  }
  print("}\n");
}

}  // namespace tessera::tools
