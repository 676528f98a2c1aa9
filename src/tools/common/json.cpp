#include "tools/common/json.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace tessera::tools {

std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace tessera::tools
