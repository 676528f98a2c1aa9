#pragma once

#include <string>

#include <tessera/report.hpp>

namespace tessera::detail {

/// A report as one JSON object (RFC 8259). Members have the names of those of Report; docs/report.md says what they
/// mean. The library has no other use for JSON, and needs no library for this one.
std::string json_of(const Report& report);

}  // namespace tessera::detail
