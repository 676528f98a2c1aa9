#include "tools/doctor/finding.hpp"

#include <algorithm>

namespace tessera::doctor {

const char* to_string(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::warning: return "warning";
    case Status::error: return "error";
  }
  return "unknown";
}

Status worst(const std::vector<Finding>& findings) {
  Status result = Status::ok;
  for (const Finding& finding : findings) result = std::max(result, finding.status);
  return result;
}

}  // namespace tessera::doctor
