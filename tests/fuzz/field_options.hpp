#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "program.hpp"

namespace fuzz {

template <class T>
constexpr T fill_value = static_cast<T>(-7);

inline bool has_names(const Call& call) { return call.components == 3 && call.field % 2 == 0; }

template <class T>
tessera::FieldOptions<T> options_of(const Call& call) {
  tessera::FieldOptions<T> options;
  options.components = call.components;
  options.time_dependent = call.time_dependent;
  if (call.has_fill) options.fill = fill_value<T>;
  if (call.chunk_steps > 1) {
    options.chunk = {call.chunk_steps};
    for (const std::int64_t extent : call.shape) options.chunk.push_back(extent);
  }
  options.codec = call.codec;
  if (call.is_rare) options.time_axis = "rare_time";
  if (has_names(call)) {
    options.component_names = {"u", "v", "w"};
    options.component_axis = "component_of_" + std::to_string(call.field);
  }
  return options;
}

/// Axes of their own, since fields have different shapes.
inline std::vector<std::string> axes_of(const Call& call) {
  std::vector<std::string> axes;
  for (std::size_t axis = 0; axis < call.shape.size(); ++axis) {
    axes.push_back("axis_" + std::to_string(call.field) + "_" + std::to_string(axis));
  }
  return axes;
}

}  // namespace fuzz
