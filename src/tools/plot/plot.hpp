#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/common/selection.hpp"

namespace tessera::tools {

struct PlotRequest {
  std::string file;
  std::string name;  ///< "run/field", "run/scalar"
  Selection selection;
  std::optional<std::int64_t> component;
  std::string range;       ///< "0:1", "0:", empty: that of the values
  std::string output;      ///< a PNG file; empty: in the terminal
  std::size_t size = 800;  ///< pixels of the longer side
  bool json = false;
};

/// Draws a slice or a line. \throws Error
void plot(const PlotRequest& request);

}  // namespace tessera::tools
