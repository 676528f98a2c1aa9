#include "tools/tail/step_lines.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "tools/common/json.hpp"
#include "tools/common/number.hpp"
#include "tools/common/table.hpp"

namespace tessera::tools {

namespace {

std::string cell(const std::string& text, std::size_t width) {
  const std::size_t own = width_of(text);
  return (own < width ? std::string(width - own, ' ') : "") + text;
}

constexpr std::size_t step_width = 8;
constexpr std::size_t number_width = 12;
constexpr std::size_t most_scalars = 6;

std::size_t scalar_width(const schema::StoredScalar& scalar) {
  return std::max(number_width, width_of(printable(scalar.name)));
}

}  // namespace

std::string StepLines::title(const schema::StoredRun& run) const {
  if (json_) return {};
  std::string text = printable(run.run.path) + "\n" + cell("step", step_width) + "  " + cell("time", number_width);
  for (std::size_t i = 0; i < run.scalars.size() && i < most_scalars; ++i) {
    text += "  " + cell(printable(run.scalars[i].name), scalar_width(run.scalars[i]));
  }
  return text + "  " + cell("seconds", number_width) + "\n";
}

std::string StepLines::line(const schema::StoredRun& run, std::int64_t step, std::optional<double> seconds) const {
  const auto at = static_cast<std::size_t>(step);
  const auto value_at = [&](const schema::StoredScalar& scalar) {
    const auto place = run.place_of(scalar.options.time_axis, step);
    const bool is_there = place && *place < std::ssize(scalar.values);
    return is_there ? std::optional(scalar.values[static_cast<std::size_t>(*place)]) : std::nullopt;
  };
  if (json_) {
    Json json{{"run", run.run.path}, {"step", step}, {"time", run.times[at]}};
    json["scalars"] = Json::object();
    for (const auto& scalar : run.scalars) {
      const auto value = value_at(scalar);
      json["scalars"][scalar.name] = value ? Json(*value) : Json();
    }
    json["seconds"] = seconds ? Json(*seconds) : Json();
    return json_text(json, -1);
  }
  std::string text = cell(std::to_string(step), step_width) + "  " + cell(rounded(run.times[at], 9), number_width);
  for (std::size_t i = 0; i < run.scalars.size() && i < most_scalars; ++i) {
    const auto value = value_at(run.scalars[i]);
    text += "  " + cell(value ? rounded(*value) : "", scalar_width(run.scalars[i]));
  }
  if (seconds) text += "  " + cell(fixed(*seconds, 2), number_width);
  return text + "\n";
}

}  // namespace tessera::tools
