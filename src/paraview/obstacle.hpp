#pragma once

#include <string>

#include <tessera/types.hpp>

namespace tessera::paraview {

/// Why VTK does not show values of this type, as a clause behind "which"; empty where it does.
inline std::string obstacle_of_type(DataType type) {
  if (!detail::is_short_float(type)) return {};
  return std::string("is of ") + to_string(type) + ", which VTK does not read";
}

}  // namespace tessera::paraview
