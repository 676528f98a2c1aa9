#pragma once

#include <string>

#include "tools/ls/listing.hpp"

namespace tessera::tools {

/// "3 steps, time 0 to 0.02 s"; "no steps" of a run without a time axis.
std::string steps_text(const schema::StoredRun& run);

/// Of many runs: what all have alike, then a line for each with the parameters in which they differ.
std::string summary_text(const Listing& listing);

}  // namespace tessera::tools
