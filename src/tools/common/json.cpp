#include "tools/common/json.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <tessera/error.hpp>

namespace tessera::tools {

std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print(const std::string& text) {
  const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0 && written == text.size()) return;
  throw Error(ErrorCode::storage, std::string("writing to standard output failed: ") + std::strerror(errno));
}

}  // namespace tessera::tools
