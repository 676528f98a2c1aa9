#include "schema/axis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "schema/attributes.hpp"

namespace tessera::schema {

namespace {

/// Whether two coordinates of axes with this spacing are the same up to rounding.
bool is_close(double a, double b, double spacing) {
  constexpr double rounding = 8 * std::numeric_limits<double>::epsilon();
  const double tolerance = std::max(1e-6 * std::abs(spacing), rounding * std::max(std::abs(a), std::abs(b)));
  return std::abs(a - b) <= std::min(tolerance, std::abs(spacing) / 4);
}

/// The distance of a value to the next one, or to the one before.
double spacing_at(std::span<const double> values, std::size_t number) {
  if (values.size() < 2) return 1;
  const std::size_t first = std::min(number, values.size() - 2);
  return values[first + 1] - values[first];
}

std::vector<double> all_coordinates(const Axis& axis) {
  std::vector<double> all(static_cast<std::size_t>(axis.length));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = axis.coordinate(static_cast<std::int64_t>(i));
  return all;
}

std::string differ(const std::string& what, const std::string& one, const std::string& other) {
  return what + " is " + one + " there and " + other + " here";
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + in_quotes(name);
  return "[" + text + "]";
}

/// Of axes of the same length, which both have coordinates.
std::string difference_of_coordinates(const Axis& there, const Axis& asked) {
  std::int64_t number = there.length;
  if (there.values || asked.values) {
    number = static_cast<std::int64_t>(first_difference(all_coordinates(there), all_coordinates(asked)));
  } else {
    for (const std::int64_t end : {there.length - 1, std::int64_t{0}}) {
      if (!is_close(there.coordinate(end), asked.coordinate(end), there.spacing)) number = end;
    }
  }
  if (number == there.length) return {};
  return differ("its coordinate " + std::to_string(number), exact(there.coordinate(number)),
                exact(asked.coordinate(number)));
}

}  // namespace

std::size_t first_difference(std::span<const double> there, std::span<const double> asked) {
  std::size_t number = 0;
  while (number < there.size() && is_close(there[number], asked[number], spacing_at(there, number))) ++number;
  return number;
}

std::string difference(const Axis& there, const Axis& asked) {
  if (there.grows != asked.grows) return "one of them is the rows of a table";
  if (there.length != asked.length && !there.grows)
    return differ("its length", std::to_string(there.length), std::to_string(asked.length));
  if (there.has_coordinates != asked.has_coordinates) return "one of them has no coordinates";
  if (there.texts != asked.texts) return differ("the list of its names", list_of(there.texts), list_of(asked.texts));
  if (there.unit != asked.unit) return differ("its unit", in_quotes(there.unit), in_quotes(asked.unit));
  if (!are_same(there.attributes, asked.attributes)) return "its attributes differ";
  if (!there.has_coordinates) return {};
  if (std::string why = difference_of_coordinates(there, asked); !why.empty()) return why;
  if (!there.edges || !asked.edges) return {};  // uniform cells have none
  const std::size_t edge = first_difference(*there.edges, *asked.edges);
  if (edge == there.edges->size()) return {};
  return differ("the bound " + std::to_string(edge) + " of its cells", exact((*there.edges)[edge]),
                exact((*asked.edges)[edge]));
}

void set_coordinates(Axis& axis, std::vector<double> values) {
  if (values.empty()) return;
  axis.origin = values.front();
  if (values.size() < 2) return;
  axis.spacing = (values.back() - values.front()) / static_cast<double>(values.size() - 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_close(values[i], axis.coordinate(static_cast<std::int64_t>(i)), axis.spacing)) continue;
    axis.values = std::make_shared<const std::vector<double>>(std::move(values));
    return;
  }
}

Axis component_axis(std::int64_t components) {
  Axis axis;
  axis.name = "component_" + std::to_string(components);
  axis.length = components;
  axis.has_coordinates = false;
  return axis;
}

}  // namespace tessera::schema
