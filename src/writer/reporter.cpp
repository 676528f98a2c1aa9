#include "writer/reporter.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "base/attempt.hpp"
#include "storage/replace_file.hpp"
#include "writer/report_json.hpp"
#include "writer/report_text.hpp"

namespace tessera::detail {

namespace {

void add_to(CommitReport& total, const CommitReport& one) {
  total.number += 1;
  total.seconds += one.seconds;
  total.raw_bytes += one.raw_bytes;
  total.stored_bytes += one.stored_bytes;
  pipeline::merge(total.requests, one.requests);
  pipeline::set_mean(total.requests, total.stored_bytes);
  total.ranks_that_wrote = std::max(total.ranks_that_wrote, one.ranks_that_wrote);
  for (const NamedStage& stage : stages) {
    total.mean.*stage.seconds += one.mean.*stage.seconds;
    total.longest.*stage.seconds += one.longest.*stage.seconds;
  }
}

/// The same where that cannot be known.
std::string absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path result = std::filesystem::absolute(path, error);
  return error ? path : result.string();
}

}  // namespace

Reporter::Reporter(const std::string& path, const std::string& engine, int ranks, const ReportOptions& options)
    : file_(absolute(path + ".report.json")), options_(options) {
  report_.path = path;
  report_.engine = engine;
  report_.ranks = ranks;
}

void Reporter::add(const pipeline::CommitMeasures* measures, const std::string& run, std::int64_t step,
                   double seconds) noexcept {
  if (measures == nullptr) return;
  std::optional<Error> ignored;
  attempt(ignored, [&] {
    const std::lock_guard lock(mutex_);
    CommitReport one = pipeline::report_of(*measures);
    one.number = report_.total.number + 1;
    one.run = run;
    one.step = step;
    one.seconds = seconds;
    CommitReport total = report_.total;
    add_to(total, one);
    total.slowest = pipeline::slowest_of(measures->work_so_far, measures->ranks);
    report_.total = std::move(total);
    if (one.seconds > report_.longest.seconds) report_.longest = one;
    // The oldest half goes at a time, so that none is moved often.
    if (report_.commits.size() == 2 * Report::max_commits)
      report_.commits.erase(report_.commits.begin(), report_.commits.begin() + Report::max_commits);
    report_.commits.push_back(std::move(one));
    if (options_.lines) std::fputs(line_of(report_, report_.commits.back()).c_str(), stderr);
  });
}

void Reporter::at_close() noexcept {
  std::optional<Error> failure;
  if (options_.summary) attempt(failure, [&] { std::fputs(summary_of(report()).c_str(), stderr); });
  failure.reset();
  if (options_.file) attempt(failure, [&] { write_file(); });
  if (failure) std::fprintf(stderr, "tessera: warning: no report of %s: %s\n", report_.path.c_str(), failure->what());
}

Report Reporter::report() const {
  const std::lock_guard lock(mutex_);
  Report report = report_;
  auto& commits = report.commits;
  if (commits.size() > Report::max_commits)
    commits.erase(commits.begin(), commits.end() - static_cast<std::ptrdiff_t>(Report::max_commits));
  return report;
}

void Reporter::write_file() const {
  const std::string text = json_of(report());
  storage::replace_file(file_, std::as_bytes(std::span(text)), false);
}

}  // namespace tessera::detail
