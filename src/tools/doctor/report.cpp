#include "tools/doctor/report.hpp"

#include <algorithm>

#include <tessera/config.hpp>

#include "base/json_string.hpp"
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

std::string json_of(const Finding& finding) {
  std::string ranks;
  for (const int rank : finding.ranks) ranks += (ranks.empty() ? "" : ", ") + std::to_string(rank);
  return "{\"check\": " + json_string(finding.check) + ", \"status\": " + json_string(to_string(finding.status)) +
         ", \"text\": " + json_string(finding.text) + ", \"remedy\": " + json_string(finding.remedy) +
         ", \"ranks\": [" + ranks + "]}";
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
  return "{\n  \"tessera\": " + json_string(TESSERA_VERSION_STRING) +
         ",\n  \"directory\": " + json_string(target.directory) + ",\n  \"ranks\": " + std::to_string(target.ranks) +
         ",\n  \"nodes\": " + std::to_string(target.nodes) +
         ",\n  \"status\": " + json_string(to_string(worst(findings))) + ",\n  \"checks\": [" + checks + "\n  ]\n}\n";
}

}  // namespace tessera::doctor
