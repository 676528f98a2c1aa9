#pragma once

#include "tools/common/json.hpp"
#include "tools/ls/listing.hpp"

namespace tessera::tools {

/// What `tessera ls --json` prints; docs/command.md lists its members.
Json listing_json(const Listing& listing);

}  // namespace tessera::tools
