#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tessera::tools {

/// Members stay in the order in which they were added. Numbers that are not finite become null (RFC 8259 has no
/// others). Who makes some includes <nlohmann/json.hpp>.
using Json = nlohmann::ordered_json;

/// One value and a line break. Text that is not UTF-8 is shown with U+FFFD. \param indent -1: all in one line
std::string json_text(const Json& value, int indent = 2);

/// On standard output, at once. \throws Error storage
void print(const std::string& text);

}  // namespace tessera::tools
