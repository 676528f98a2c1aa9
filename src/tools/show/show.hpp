#pragma once

#include <cstdint>
#include <string>

#include "tools/common/selection.hpp"

namespace tessera::tools {

enum class Format : std::uint8_t { text, csv, json };

struct ShowRequest {
  std::string file;
  std::string name;  ///< a run, "run/field", "run/scalar", "run/axis"
  Selection selection;
  Format format = Format::text;
  bool full = false;       ///< text: nothing is left out
  bool by_number = false;  ///< CSV: numbers of cells instead of coordinates
};

/// Prints values on standard output. \throws Error
void show(const ShowRequest& request);

}  // namespace tessera::tools
