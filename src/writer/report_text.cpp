#include "writer/report_text.hpp"

#include <algorithm>

#include "base/stages.hpp"
#include "base/text.hpp"

namespace tessera::detail {

namespace {

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return fixed(100 * share(static_cast<double>(part), static_cast<double>(whole)), 0) + " %";
}

/// "128 MiB stored as 45.2 MiB (2.83) in 0.213 s, 600 MiB/s"
std::string volume(const CommitReport& commit) {
  const auto raw = static_cast<double>(commit.raw_bytes);
  return size_text(commit.raw_bytes) + " stored as " + size_text(commit.stored_bytes) + " (" +
         fixed(share(raw, static_cast<double>(commit.stored_bytes)), 2) + ") in " + fixed(commit.seconds, 3) + " s, " +
         size_text(share(raw, commit.seconds)) + "/s";
}

/// "4 ranks wrote 12 requests of 2.1 MiB to 8 MiB, 4 MiB on average"
std::string writes(const CommitReport& commit) {
  const WriteRequests& requests = commit.requests;
  std::string text = counted(static_cast<std::uint64_t>(commit.ranks_that_wrote), "rank") + " wrote";
  if (requests.count == 0) return text;
  text += " " + counted(requests.count, "request") + " of " + size_text(requests.smallest);
  if (requests.largest == requests.smallest) return text;
  return text + " to " + size_text(requests.largest) + ", " + size_text(requests.mean) + " on average";
}

std::string slowest(const CommitReport& commit) {
  return "slowest rank " + std::to_string(commit.slowest.rank) + " on " + commit.slowest.host + ", " +
         fixed(commit.slowest.imbalance, 2) + " of the mean";
}

std::string name_of(const CommitReport& commit) {
  const std::string run = commit.run == "/" ? commit.run : "/" + commit.run;
  return run + (commit.step < 0 ? " static fields" : " step " + std::to_string(commit.step));
}

/// A name, and a number for each stage, in columns.
std::string row(const char* name, const StageSeconds& seconds) {
  std::string text = std::string("    ") + name;
  for (const NamedStage& stage : stages) {
    const std::string number = fixed(seconds.*stage.seconds, 3);
    text += std::string(10 - std::min<std::size_t>(number.size(), 9), ' ') + number;
  }
  return text + "\n";
}

std::string header() {
  std::string text = "    seconds ";
  for (const NamedStage& stage : stages) text += std::string(10 - std::string(stage.name).size(), ' ') + stage.name;
  return text + "\n";
}

}  // namespace

std::string line_of(const Report& report, const CommitReport& commit) {
  std::string text =
      "tessera: " + report.path + ": " + name_of(commit) + ": " + volume(commit) + "; " + writes(commit) + ";";
  for (const NamedStage& stage : stages) {
    const double seconds = commit.longest.*stage.seconds;
    if (seconds >= 0.0005) text += std::string(" ") + stage.name + " " + fixed(seconds, 3);
  }
  return text + "; " + slowest(commit) + "\n";
}

std::string summary_of(const Report& report) {
  const CommitReport& total = report.total;
  if (total.number == 0) return {};
  const WriteRequests& requests = total.requests;
  std::string text = "tessera: " + report.path + ": " + counted(static_cast<std::uint64_t>(total.number), "commit") +
                     " of " + counted(static_cast<std::uint64_t>(report.ranks), "rank") + ", " + report.engine +
                     " engine: " + volume(total) + "\n    at most " + writes(total);
  if (requests.count > 0) {
    text += "; " + percent(requests.small, requests.count) + " below " + size_text(WriteRequests::small_bytes) + ", " +
            percent(requests.aligned, requests.count) + " at multiples of " + size_text(WriteRequests::alignment) +
            "; the rank with the smallest ones wrote " + size_text(requests.smallest_mean) + " on average";
  }
  text += "\n" + header() + row("mean    ", total.mean) + row("longest ", total.longest);
  return text + "    " + slowest(total) + "; longest commit: " + name_of(report.longest) + ", " +
         fixed(report.longest.seconds, 3) + " s\n";
}

}  // namespace tessera::detail
