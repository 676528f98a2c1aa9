#include "tools/verify/report.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

#include "base/text.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

namespace {

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string line_of(const Finding& finding) {
  std::string line = std::string(to_string(finding.kind)) + ": " + finding.path;
  if (finding.step) line += ", step " + std::to_string(*finding.step);
  if (finding.chunk) line += ", chunk " + std::to_string(*finding.chunk);
  if (finding.offset) line += ", byte " + std::to_string(*finding.offset);
  return line + ": " + finding.text;
}

/// "nothing to repair, opens at step 149 of run 'a'": for files that no job has closed.
std::string opens_at(const VerifyReport& report) {
  std::string text;
  for (const VerifiedRun& run : report.runs) {
    if (run.steps == 0) continue;
    text += (text.empty() ? "step " : ", step ") + std::to_string(run.steps - 1) + " of " +
            (run.name == "/" ? "the root group" : "run " + in_quotes(run.name));
  }
  return text.empty() ? "opens, without any step" : "opens at " + text;
}

std::string state_text(const VerifyReport& report) {
  if (report.writer == WriterState::closed) return {};
  if (report.writer == WriterState::live) return "a job is writing it; seen: " + opens_at(report).substr(6);
  const std::string what = report.is_good() ? "nothing to repair, " : "damaged besides, ";
  return "not closed (the job was killed, or runs on another node): " + what + opens_at(report);
}

Json json_of(const Finding& finding) {
  Json json{{"kind", to_string(finding.kind)}, {"path", finding.path}};
  if (finding.step) json["step"] = *finding.step;
  if (finding.chunk) json["chunk"] = *finding.chunk;
  if (finding.offset) json["offset"] = *finding.offset;
  json["text"] = finding.text;
  return json;
}

}  // namespace

std::string_view to_string(Finding::Kind kind) noexcept {
  constexpr std::array<std::string_view, 11> names{"metadata", "place", "overlap", "chunk",   "missing", "steps",
                                                   "times",    "axes",  "rows",    "segment", "boxes"};
  return names[static_cast<std::size_t>(kind)];
}

void VerifyReport::add(Finding finding) {
  constexpr std::size_t most = 1000;
  if (findings.size() < most) {
    findings.push_back(std::move(finding));
  } else {
    ++findings_more;
  }
}

std::string verify_text(const VerifyReport& report) {
  constexpr std::size_t most_lines = 50;
  std::string text;
  for (std::size_t i = 0; i < report.findings.size() && i < most_lines; ++i) {
    text += line_of(report.findings[i]) + "\n";
  }
  const std::uint64_t all = report.findings.size() + report.findings_more;
  if (all > most_lines) text += "and " + std::to_string(all - most_lines) + " more\n";
  text += report.file + ": " + (all == 0 ? "good" : counted(all, "finding")) + "\n";
  if (const std::string state = state_text(report); !state.empty()) text += "  " + state + "\n";
  text += "  " + counted(report.runs.size(), "run") + ", " + counted(report.datasets, "dataset") + ", " +
          counted(report.chunks, "chunk") + " read, " + std::to_string(report.decoded_chunks) +
          " of them decoded: " + size_text(report.stored_bytes) + " stored, " + size_text(report.raw_bytes) +
          " of values\n";
  if (report.seconds > 0 && report.raw_bytes > 0) {
    text += "  " + size_text(static_cast<double>(report.raw_bytes) / report.seconds) + "/s with " +
            counted(report.threads, "thread") + "\n";
  }
  text += "  " + size_text(report.metadata_bytes) + " of metadata, " + size_text(report.unreferenced_bytes) +
          " that nothing points at, of " + size_text(report.end) + "\n";
  if (report.free_bytes > 0) text += "  " + size_text(report.free_bytes) + " of that for jobs that continue the file\n";
  for (const std::string& note : report.notes) text += "  " + note + "\n";
  return text;
}

std::string verify_json(const VerifyReport& report) {
  Json runs = Json::array();
  for (const VerifiedRun& run : report.runs) {
    Json one{{"name", run.name}, {"steps", run.steps}};
    if (run.last_time) one["last_time"] = *run.last_time;
    one["time_unit"] = run.time_unit;
    runs.push_back(std::move(one));
  }
  Json findings = Json::array();
  for (const Finding& finding : report.findings) findings.push_back(json_of(finding));
  return json_text({{"file", report.file},
                    {"good", report.is_good()},
                    {"writer", to_string(report.writer)},
                    {"state", state_text(report)},
                    {"runs", std::move(runs)},
                    {"findings", std::move(findings)},
                    {"findings_more", report.findings_more},
                    {"notes", report.notes},
                    {"datasets", report.datasets},
                    {"chunks", report.chunks},
                    {"decoded_chunks", report.decoded_chunks},
                    {"stored_bytes", report.stored_bytes},
                    {"raw_bytes", report.raw_bytes},
                    {"metadata_bytes", report.metadata_bytes},
                    {"unreferenced_bytes", report.unreferenced_bytes},
                    {"free_bytes", report.free_bytes},
                    {"end", report.end},
                    {"length", report.length},
                    {"seconds", report.seconds},
                    {"threads", report.threads}});
}

}  // namespace tessera::tools
