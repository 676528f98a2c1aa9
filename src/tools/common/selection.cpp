#include "tools/common/selection.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "tools/common/number.hpp"

namespace tessera::tools {

namespace {

/// Longer axes have no coordinates of their own in a file of ours (FORMAT.md).
constexpr std::int64_t longest_stored_axis = std::int64_t{1} << 22;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, why); }

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double require_number(const std::string& text, const std::string& what) {
  const auto value = number_of(text);
  if (!value || !std::isfinite(*value)) refuse(in_quotes(text) + " is no number, for " + what);
  return *value;
}

/// "z=3" as name and value; the name is empty where there is none.
struct Part {
  std::string name;
  std::string value;
};

std::vector<Part> parts_of(std::string text) {
  std::vector<Part> parts;
  text += ',';
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string part = text.substr(0, comma);
    text.erase(0, comma + 1);
    const std::size_t equals = part.find('=');
    if (equals == part.npos) {
      parts.push_back({{}, part});
    } else {
      parts.push_back({part.substr(0, equals), part.substr(equals + 1)});
    }
  }
  return parts;
}

std::string axis_names(const schema::Field& field) {
  std::string names;
  for (std::size_t axis = 0; axis < field.axes.size(); ++axis) {
    names += (axis > 0 ? ", " : "") + axis_label(field, axis);
  }
  return names;
}

/// The axis that each part is about. \param reversed whether parts without names begin with the last axis
std::vector<std::size_t> axes_of_parts(const std::vector<Part>& parts, const schema::Field& field, bool reversed) {
  std::vector<std::size_t> result;
  for (const Part& part : parts) {
    const std::size_t place = result.size();
    std::size_t axis = reversed ? field.axes.size() - 1 - place : place;
    if (!part.name.empty()) {
      axis = 0;
      while (axis < field.axes.size() && axis_label(field, axis) != part.name) ++axis;
    }
    if (axis >= field.axes.size()) {
      refuse("field " + in_quotes(field.name) + " has the axes " + axis_names(field) + "; not " +
             in_quotes(part.name.empty() ? part.value : part.name));
    }
    if (std::ranges::find(result, axis) != result.end()) refuse("axis " + axis_label(field, axis) + " is given twice");
    result.push_back(axis);
  }
  return result;
}

std::int64_t nearest(const std::vector<double>& values, double wanted) {
  const auto distance = [&](double value) { return std::isnan(value) ? INFINITY : std::fabs(value - wanted); };
  return std::ranges::min_element(values, {}, distance) - values.begin();
}

/// \throws Error out_of_bounds where the point lies outside, by more than half a cell
std::int64_t cell_at(hdf5::InputFile& file, const schema::StoredRun& run, const schema::Axis& axis, double wanted) {
  const std::vector<double> all = coordinates(file, run, axis, {0, axis.length});
  const std::int64_t cell = nearest(all, wanted);
  const auto [least, most] = std::ranges::minmax(all);
  const double margin = all.size() > 1 ? (most - least) / static_cast<double>(all.size() - 1) / 2 : INFINITY;
  if (wanted < least - margin || wanted > most + margin) {
    throw Error(ErrorCode::out_of_bounds, "axis " + axis.name + " goes from " + rounded(least) + " to " +
                                              rounded(most) + "; there is no " + exact(wanted));
  }
  return cell;
}

/// Places among the times of an axis.
std::vector<std::int64_t> places_at(const schema::StoredRun& run, const std::vector<double>& times,
                                    const std::string& time) {
  std::vector<std::int64_t> places;
  const std::size_t colon = time.find(':');
  if (colon == time.npos) return {nearest(times, require_number(time, "--time"))};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double first = colon == 0 ? -infinity : require_number(time.substr(0, colon), "--time");
  const double last = colon + 1 == time.size() ? infinity : require_number(time.substr(colon + 1), "--time");
  for (std::size_t place = 0; place < times.size(); ++place) {
    if (times[place] >= first && times[place] <= last) places.push_back(static_cast<std::int64_t>(place));
  }
  if (places.empty()) {
    throw Error(ErrorCode::out_of_bounds, run.described() + " has no step from time " + time + "; its times go from " +
                                              rounded(times.front()) + " to " + rounded(times.back()));
  }
  return places;
}

/// Of the steps of a time axis those within a range of the run's; all that are asked for are within it.
std::vector<std::int64_t> steps_in(const schema::StoredRun& run, const std::string& time_axis, const std::string& asked,
                                   const std::vector<std::int64_t>& steps) {
  const Span span = span_of(asked, std::ssize(run.times), "step");
  std::vector<std::int64_t> chosen;
  std::ranges::copy_if(steps, std::back_inserter(chosen),
                       [&](std::int64_t step) { return step >= span.lower && step < span.upper; });
  if (chosen.empty()) {
    throw Error(ErrorCode::out_of_bounds, "the time axis " + in_quotes(time_axis) + " of " + run.described() + " has " +
                                              std::to_string(steps.size()) + " of its steps, from " +
                                              std::to_string(steps.front()) + " to " + std::to_string(steps.back()) +
                                              ", and not " + asked);
  }
  return chosen;
}

}  // namespace

Span span_of(const std::string& text, std::int64_t length, const std::string& what) {
  const auto bound = [&](const std::string& number, std::int64_t otherwise) {
    if (number.empty()) return otherwise;
    const auto value = integer_of(number);
    if (!value) refuse(in_quotes(text) + " is no number and no range like 2:5, for " + what);
    return *value < 0 ? *value + length : *value;
  };
  const std::size_t colon = text.find(':');
  Span span;
  if (colon == text.npos) {
    if (text.empty()) refuse("nothing is given for " + what);
    span.lower = bound(text, 0);
    span.upper = span.lower + 1;
  } else {
    span.lower = bound(text.substr(0, colon), 0);
    span.upper = bound(text.substr(colon + 1), length);
  }
  if (span.lower < 0 || span.upper > length || span.lower >= span.upper) {
    throw Error(ErrorCode::out_of_bounds,
                what + " goes from 0 to " + std::to_string(length - 1) + "; there is no " + text);
  }
  return span;
}

std::vector<std::int64_t> chosen_steps(const schema::StoredRun& run, const std::string& time_axis,
                                       const Selection& selection, const std::string& otherwise) {
  if (!selection.step.empty() && !selection.time.empty()) refuse("give --step or --time, not both");
  const std::vector<std::int64_t> steps = run.steps_of(time_axis);
  if (steps.empty()) {
    const std::string axis = time_axis == schema::time_of_steps ? "" : "the time axis " + in_quotes(time_axis) + " of ";
    throw Error(ErrorCode::out_of_bounds, axis + run.described() + " has no step yet");
  }
  if (!selection.step.empty()) return steps_in(run, time_axis, selection.step, steps);
  std::vector<std::int64_t> places;
  if (!selection.time.empty()) {
    places = places_at(run, run.times_of(time_axis), selection.time);
  } else {
    const Span span = span_of(otherwise, std::ssize(steps), "step");
    places.resize(static_cast<std::size_t>(span.upper - span.lower));
    std::iota(places.begin(), places.end(), span.lower);
  }
  std::vector<std::int64_t> chosen;
  for (const std::int64_t place : places) chosen.push_back(steps.at(static_cast<std::size_t>(place)));
  return chosen;
}

std::vector<double> coordinates(hdf5::InputFile& file, const schema::StoredRun& run, const schema::Axis& axis,
                                Span span) {
  std::vector<double> values;
  if (axis.has_coordinates && axis.length <= longest_stored_axis) {
    values.resize(static_cast<std::size_t>(span.upper - span.lower));
    schema::StoredField scale;
    scale.field.name = axis.name;
    scale.field.path = schema::join(run.run.path, axis.name);
    scale.field.axes = {axis};
    scale.field.time_dependent = false;
    file.read(scale, 0, Box{{span.lower}, {span.upper}}, DataType::float64, values.data());
    return values;
  }
  for (std::int64_t number = span.lower; number < span.upper; ++number) {
    values.push_back(axis.has_coordinates ? axis.coordinate(number) : static_cast<double>(number));
  }
  return values;
}

Box chosen_box(hdf5::InputFile& file, const schema::StoredRun& run, const schema::Field& field,
               const Selection& selection) {
  const Index shape = field.shape();
  Box box{Index::filled(shape.size(), 0), shape};
  if (!selection.box.empty()) {
    const std::vector<Part> parts = parts_of(selection.box);
    const auto axes = axes_of_parts(parts, field, false);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Span span = span_of(parts[i].value, shape[axes[i]], "axis " + axis_label(field, axes[i]));
      box.lower[axes[i]] = span.lower;
      box.upper[axes[i]] = span.upper;
    }
  }
  if (!selection.at.empty()) {
    const std::vector<Part> parts = parts_of(selection.at);
    const auto axes = axes_of_parts(parts, field, true);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const schema::Axis& axis = field.axes[axes[i]];
      const std::int64_t cell = cell_at(file, run, axis, require_number(parts[i].value, "axis " + axis.name));
      box.lower[axes[i]] = cell;
      box.upper[axes[i]] = cell + 1;
    }
  }
  return box;
}

}  // namespace tessera::tools
