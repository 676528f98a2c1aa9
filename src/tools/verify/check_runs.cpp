#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "tools/verify/checks.hpp"

namespace tessera::tools {

namespace {

void check_times(const schema::StoredRun& run, VerifyReport& report) {
  for (std::size_t step = 0; step < run.times.size(); ++step) {
    const double time = run.times[step];
    const bool increases = step == 0 || time > run.times[step - 1];
    if (std::isfinite(time) && increases) continue;
    const std::string before = step == 0 ? "" : ", the step before " + exact(run.times[step - 1]);
    report.add({Finding::Kind::times,
                run.run.path,
                static_cast<std::int64_t>(step),
                {},
                {},
                "its time is " + exact(time) + before + ": times have to increase"});
    return;
  }
}

/// Another time axis has times of steps, in their order. The first that is none is told.
void check_time_axis(const schema::StoredRun& run, const schema::TimeAxis& axis, VerifyReport& report) {
  std::int64_t next = 0;
  for (const std::int64_t step : run.steps_of(axis.name)) {
    if (run.place_of(axis.name, step) != next) break;
    ++next;
  }
  if (next == std::ssize(axis.times)) return;
  report.add({Finding::Kind::times,
              schema::join(run.run.path, axis.name),
              {},
              {},
              {},
              "its time " + exact(axis.times[static_cast<std::size_t>(next)]) + ", number " + std::to_string(next) +
                  ", is not that of a step of the run, or comes twice"});
}

/// The steps of which chunks are missing.
void check_complete(const hdf5::SurveyedDataset& dataset, const schema::StoredRun& run,
                    const schema::StoredField& stored, VerifyReport& report) {
  if (dataset.storage != hdf5::SurveyedDataset::Storage::chunked || dataset.is_filled) return;
  const std::uint64_t count = dataset.grid.count();
  if (dataset.index.chunks.size() == count || count == 0) return;
  StepDatasets fields{{dataset.path, {&run, &stored}}};
  std::uint64_t next = 0;
  std::uint64_t told = 0;
  const auto tell = [&](std::uint64_t end) {
    constexpr std::uint64_t most = 20;
    for (; next < end && told < most; ++next, ++told) {
      report.add(chunk_finding(Finding::Kind::missing, dataset, fields, next, {},
                               "was never written, and the field has no fill value"));
    }
    report.findings_more += end > next ? end - next : 0;
    next = end;
  };
  for (const hdf5::PlacedChunk& chunk : dataset.index.chunks) {
    tell(chunk.index);
    next = chunk.index + 1;
  }
  tell(count);
}

void check_field(const hdf5::Survey& survey, const schema::StoredRun& run, const schema::StoredField& stored,
                 bool is_ours, VerifyReport& report) {
  const std::string& time_axis = stored.field.time_axis;
  const std::int64_t steps = std::ssize(run.times_of(time_axis));
  if (stored.field.time_dependent && run.is_time_axis(time_axis) && stored.steps > steps) {
    const std::string whose = time_axis == schema::time_of_steps ? "its run" : "its time axis " + in_quotes(time_axis);
    report.add(
        {Finding::Kind::steps,
         stored.field.path,
         {},
         {},
         {},
         "has " + std::to_string(stored.steps) + " steps, and " + whose + " has times for " + std::to_string(steps)});
  }
  const auto no_scale = [](const schema::Axis& axis) { return axis.name.empty(); };
  const auto axes = std::ranges::count_if(stored.field.axes, no_scale);
  const bool has_some = stored.field.time_dependent || axes < std::ssize(stored.field.axes);
  if (axes > 0 && (is_ours || has_some)) {
    report.add({Finding::Kind::axes,
                stored.field.path,
                {},
                {},
                {},
                std::to_string(axes) + " of its axes have no dimension scale"});
  }
  const hdf5::SurveyedDataset* dataset = survey.dataset(stored.field.path);
  if (is_ours && dataset != nullptr) check_complete(*dataset, run, stored, report);
}

/// Rows of steps lie in the columns, behind each other, and begin with a chunk. The first that do not are told.
void check_rows(const schema::StoredRun& run, const schema::StoredTable& table, VerifyReport& report) {
  std::optional<std::int64_t> length;
  for (const schema::StoredField& column : run.fields) {
    if (column.field.table == table.name) length = std::min(length.value_or(INT64_MAX), column.field.axes[0].length);
  }
  const std::vector<double>& begins = run.scalar(schema::begin_name(table.name))->values;
  const std::vector<double>& counts = run.scalar(schema::count_name(table.name))->values;
  const auto chunk = static_cast<double>(std::max<std::int64_t>(1, table.options.chunk_rows));
  const bool may_stay = has_boxes(run, table.name);
  double first = 0;
  double end = 0;
  for (std::size_t step = 0; step < std::min(begins.size(), counts.size()); ++step) {
    if (counts[step] == 0) continue;
    const double last = begins[step] + counts[step];
    std::string wrong;
    if (counts[step] < 0 || begins[step] < 0) {
      wrong = "which cannot be";
    } else if (last > static_cast<double>(length.value_or(0))) {
      wrong = "and its columns have " + std::to_string(length.value_or(0));
    } else if (may_stay && begins[step] == first && last == end) {
      continue;
    } else if (begins[step] < end) {
      wrong = "and those of the steps before end at " + exact(end);
    } else if (std::fmod(begins[step], chunk) != 0) {
      wrong = "which is no begin of a chunk, of " + exact(chunk) + " rows";
    }
    first = begins[step];
    end = last;
    if (wrong.empty()) continue;
    report.add({Finding::Kind::rows,
                schema::join(run.run.path, schema::count_name(table.name)),
                static_cast<std::int64_t>(step),
                {},
                {},
                "has " + exact(counts[step]) + " rows from " + exact(begins[step]) + " on, " + wrong});
    return;
  }
}

/// Files of others may leave out what they like.
bool is_from_tessera(const schema::Contents& contents) {
  const schema::StoredRun* root = contents.run("/");
  if (root == nullptr) return false;
  return std::ranges::any_of(root->attributes, [](const Attribute& one) {
    const auto* text = std::get_if<std::string>(&one.value.storage());
    return one.name == "creator" && text != nullptr && text->starts_with("Tessera");
  });
}

}  // namespace

void check_runs(const hdf5::Survey& survey, const schema::Contents& contents, VerifyReport& report) {
  const bool is_ours = is_from_tessera(contents);
  for (const schema::StoredRun& run : contents.runs) {
    const bool is_empty = run.fields.empty() && run.scalars.empty() && !run.has_time;
    if (is_empty) continue;
    VerifiedRun one{run.run.name, static_cast<std::int64_t>(run.times.size()), {}, run.run.options.time_unit};
    if (!run.times.empty()) one.last_time = run.times.back();
    report.runs.push_back(std::move(one));
    check_times(run, report);
    for (const schema::TimeAxis& axis : run.time_axes) check_time_axis(run, axis, report);
    for (const schema::StoredField& stored : run.fields) check_field(survey, run, stored, is_ours, report);
    for (const schema::StoredTable& table : run.tables) check_rows(run, table, report);
    check_refinements(survey, run, report);
  }
}

}  // namespace tessera::tools
