#pragma once

#include <string>

#include "tools/ls/listing.hpp"

namespace tessera::tools {

struct ListStyle {
  bool details = false;  ///< all parameters, attributes of the file and of fields
  int columns = 80;      ///< of the terminal
};

/// What `tessera ls` prints: the file's line, then for every run its parameters, axes, fields and scalars; or a line
/// for each run.
std::string listing_text(const Listing& listing, const ListStyle& style);

}  // namespace tessera::tools
