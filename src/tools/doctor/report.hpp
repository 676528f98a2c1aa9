#pragma once

#include <string>
#include <vector>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/finding.hpp"

namespace tessera::doctor {

/// One line per finding: "warning  file locks          flock: ...; remedy: ...", and a last one that counts.
std::string report_text(const std::vector<Finding>& findings, const Target& target);

/// The same as one JSON object (RFC 8259).
std::string report_json(const std::vector<Finding>& findings, const Target& target);

}  // namespace tessera::doctor
