#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::doctor {

enum class Status : std::uint8_t { ok, warning, error };

/// "ok", "warning", "error"
const char* to_string(Status status);

/// What one check says of one rank, or, after merge(), of several.
struct Finding {
  Status status = Status::ok;
  std::string check;            ///< its name: "file locks"
  std::string text;             ///< what was seen
  std::string remedy = {};      ///< what to do; empty when it is ok
  std::vector<int> ranks = {};  ///< whom it concerns, ascending; empty: all that looked
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// ok where there is nothing, else the worst.
Status worst(const std::vector<Finding>& findings);

}  // namespace tessera::doctor
