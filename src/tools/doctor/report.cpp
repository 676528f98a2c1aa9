#include "tools/doctor/report.hpp"

#include <algorithm>
#include <cstdio>

#include <tessera/config.hpp>

#include "base/text.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + " ";
}

std::string line_of(const Finding& finding) {
  std::string line = padded(to_string(finding.status), 7) + padded(finding.check, 18) + finding.text;
  if (!finding.ranks.empty()) line += " (" + list_ranks(finding.ranks) + ")";
  if (!finding.remedy.empty()) line += "; remedy: " + finding.remedy;
  std::ranges::replace(line, '\n', ' ');
  return line + "\n";
}

std::int64_t count(const std::vector<Finding>& findings, Status status) {
  return std::ranges::count_if(findings, [&](const Finding& finding) { return finding.status == status; });
}

/// A JSON string: quotes, backslashes and control characters escaped; the rest as it is, in UTF-8.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    if (static_cast<unsigned char>(letter) >= 0x20) {
      result += letter;
      continue;
    }
    char escaped[8] = "";
    std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(letter));
    result += escaped;
  }
  return result + "\"";
}

std::string json_of(const Finding& finding) {
  std::string ranks;
  for (const int rank : finding.ranks) ranks += (ranks.empty() ? "" : ", ") + std::to_string(rank);
  return "{\"check\": " + quoted(finding.check) + ", \"status\": " + quoted(to_string(finding.status)) +
         ", \"text\": " + quoted(finding.text) + ", \"remedy\": " + quoted(finding.remedy) + ", \"ranks\": [" + ranks +
         "]}";
}

}  // namespace

std::string report_text(const std::vector<Finding>& findings, const Target& target) {
  std::string text;
  for (const Finding& finding : findings) text += line_of(finding);
  return text + count_text(target.ranks, "rank") + ", " + count_text(count(findings, Status::error), "error") + ", " +
         count_text(count(findings, Status::warning), "warning") + "\n";
}

std::string report_json(const std::vector<Finding>& findings, const Target& target) {
  std::string checks;
  for (const Finding& finding : findings) checks += (checks.empty() ? "\n    " : ",\n    ") + json_of(finding);
  return "{\n  \"tessera\": " + quoted(TESSERA_VERSION_STRING) + ",\n  \"directory\": " + quoted(target.directory) +
         ",\n  \"ranks\": " + std::to_string(target.ranks) + ",\n  \"nodes\": " + std::to_string(target.nodes) +
         ",\n  \"status\": " + quoted(to_string(worst(findings))) + ",\n  \"checks\": [" + checks + "\n  ]\n}\n";
}

}  // namespace tessera::doctor
