#include "paraview/live.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "paraview/scene_refinement.hpp"
#include "paraview/scene_table.hpp"
#include "storage/stale_files.hpp"

namespace tessera::paraview {

bool is_due(Format format, std::int64_t shown, std::int64_t steps) {
  const std::int64_t few = format == Format::vtkhdf ? 10000 : 100;  // 8 bytes a step; text
  return steps < shown || steps - shown >= std::max<std::int64_t>(1, steps / few);
}

LiveSideFiles::LiveSideFiles(const std::string& study, const Settings& settings)
    : study_(std::filesystem::absolute(study).string()), name_(study), settings_(settings) {}

bool LiveSideFiles::has(Format format) const noexcept {
  const SideFiles which = settings_.which;
  return which == SideFiles::both || which == (format == Format::vtkhdf ? SideFiles::vtkhdf : SideFiles::xdmf);
}

template <class Action>
void LiveSideFiles::guarded(RunState& state, Action&& action) noexcept {
  std::optional<Error> failure;
  attempt(failure, action);
  if (!failure || state.warned) return;
  state.warned = true;
  std::fprintf(stderr,
               "tessera: warning: %s: a side file for ParaView is not up to date, all steps are in the file: %s. "
               "\"tessera paraview\" makes it afterwards.\n",
               name_.c_str(), failure->what());
}

void LiveSideFiles::before_creation() noexcept {
  RunState all;
  guarded(all, [&] { remove_side_files(study_); });
}

void LiveSideFiles::before_cut(const schema::Catalog& catalog, int run) noexcept {
  std::optional<Error> no_memory;
  attempt(no_memory, [&] {
    RunState& state = runs_[run];
    guarded(state, [&] {
      note(catalog.group(run), state);
      if (has(Format::vtkhdf)) remove_refined_steps(catalog, run, state);
      update(catalog, run, true);
    });
  });
}

/// A side file for each step that has none yet; it stays as it is.
void LiveSideFiles::add_refined_steps(const schema::Catalog& catalog, int run, RunState& state) const {
  const schema::Group& group = catalog.group(run);
  const auto before = group.before ? std::ssize(group.before->times) : 0;
  for (; state.refined < group.steps; ++state.refined) {
    for (const Scene& scene : scenes_of_refinements(catalog, run, state.rows, state.refined)) {
      const std::string path = side_file_path(study_, scene.run, Format::vtkhdf);
      const std::string why = obstacle(scene, study_, Format::vtkhdf);
      if (!why.empty() && !std::exchange(state.told_of_refinement, true)) {
        std::fprintf(stderr, "tessera: %s: a .vtkhdf file for ParaView cannot show refinement %s of %s: %s\n",
                     name_.c_str(), in_quotes(scene.refinement->name).c_str(), group.described().c_str(), why.c_str());
      }
      const bool is_there = state.refined < before && std::filesystem::exists(path);
      if (!why.empty() || is_there) continue;
      make_side_file(scene, study_, Format::vtkhdf, {}, settings_.sync);
    }
  }
}

/// Of the steps that go, which an earlier job has written.
void LiveSideFiles::remove_refined_steps(const schema::Catalog& catalog, int run, RunState& state) const {
  const schema::Group& group = catalog.group(run);
  const auto before = group.before ? std::ssize(group.before->times) : 0;
  const std::string study_name = std::filesystem::path(study_).filename().string();
  for (std::int64_t step = group.steps; step < before; ++step) {
    for (const Scene& scene : scenes_of_refinements(catalog, run, group.before->rows, step))
      remove_side_file(side_file_path(study_, scene.run, Format::vtkhdf), study_name);
  }
  state.refined = std::min(state.refined, group.steps);
}

void LiveSideFiles::after_commit(const schema::Catalog& catalog, int run, bool has_new) noexcept {
  std::optional<Error> no_memory;
  attempt(no_memory, [&] {
    RunState& state = runs_[run];
    state.lags = true;
    guarded(state, [&] {
      note(catalog.group(run), state);
      if (!settings_.at_close_only) update(catalog, run, has_new);
    });
  });
}

void LiveSideFiles::at_close(const schema::Catalog& catalog) noexcept {
  for (auto& [run, state] : runs_) {
    if (state.lags) guarded(state, [&, number = run] { update(catalog, number, true); });
  }
}

namespace {

/// Which steps each time axis has, of which the catalog knows those before this writer, and whether the last one is.
void note_time_axes(const schema::Group& group, bool is_first, StepNumbers& steps) {
  if (is_first) {
    for (const schema::TimeAxis& axis : group.before->time_axes) {
      for (const double time : axis.times) {
        steps[axis.name].push_back(schema::place_of_time(group.before->times, time).value_or(0));
      }
    }
  }
  group.time_axes.for_each([&](const std::string& name, const schema::TimeAxisRecord& record) {
    std::vector<std::int64_t>& known = steps[name];
    const auto count = static_cast<std::size_t>(record.steps);
    if (known.size() > count) known.resize(count);
    if (known.size() < count) known.push_back(group.steps - 1);
  });
}

}  // namespace

/// The times of all steps, of which the catalog knows the last one and those before this writer.
void LiveSideFiles::note(const schema::Group& group, RunState& state) const {
  const auto steps = static_cast<std::size_t>(group.steps);
  const bool is_first = !std::exchange(state.begun, true) && group.before;
  if (is_first) state.versions = group.before->versions;
  group.versions.for_each([&](const std::string& mesh, const schema::VersionRecord& record) {
    state.versions[mesh].resize(steps, record.version);
  });
  note_time_axes(group, is_first, state.steps);
  if (is_first) state.rows = group.before->rows;
  if (has(Format::xdmf)) {
    if (is_first) state.times = group.before->times;
    if (state.times.size() > steps) state.times.resize(steps);
    if (state.times.size() < steps) state.times.push_back(group.last_time);
  }
  group.rows.for_each([&](const std::string& table, const schema::RowsRecord& record) {
    schema::RowSeries& rows = state.rows[table];
    const bool is_new = rows.counts.size() < steps;
    rows.begins.resize(steps);
    rows.counts.resize(steps);
    if (!is_new) return;
    rows.begins.back() = record.last.begin;
    rows.counts.back() = record.last.count;
  });
}

namespace {

std::vector<double> times_at(const std::vector<std::int64_t>& steps, const std::vector<double>& times) {
  std::vector<double> chosen;
  for (const std::int64_t step : steps) {
    if (step < std::ssize(times)) chosen.push_back(times[static_cast<std::size_t>(step)]);
  }
  return chosen;
}

}  // namespace

void LiveSideFiles::update(const schema::Catalog& catalog, int run, bool now) {
  const std::int64_t steps = catalog.group(run).steps;
  RunState& state = runs_.at(run);
  if (has(Format::vtkhdf)) add_refined_steps(catalog, run, state);
  std::vector<Scene> scenes;  // not made where nothing is due
  bool lags = false;
  for (const Format format : {Format::vtkhdf, Format::xdmf}) {
    if (!has(format)) continue;
    std::int64_t& shown = state.shown.at(static_cast<std::size_t>(format));
    if (!now && !is_due(format, shown, steps)) {
      lags = true;
      continue;
    }
    if (scenes.empty()) scenes = scenes_of(catalog, run, state);
    bool is_made = false;
    for (const Scene& scene : scenes) is_made = make(scene, format, state) || is_made;
    if (is_made) shown = steps;
  }
  for (const Scene& scene : scenes) {
    if (!scene.empty() && state.told.insert(scene.run).second) tell(scene);
  }
  state.lags = lags;
}

/// \return whether there is one now
bool LiveSideFiles::make(const Scene& scene, Format format, RunState& state) const {
  const std::filesystem::path file = side_file_path(study_, scene.run, format);
  if (state.shown.at(static_cast<std::size_t>(format)) < 0) storage::remove_stale_files(file);
  if (obstacle(scene, study_, format).empty()) {
    const bool has_all = scene.time_axis == schema::time_of_steps;
    make_side_file(scene, study_, format, has_all ? state.times : times_at(scene.step_numbers, state.times),
                   settings_.sync);
    state.written.insert(file);
    return true;
  }
  // A mesh has come that cannot be shown: better none than one that stays behind, and it is told once more. So it is
  // with one that an earlier job has left.
  const bool is_first = state.shown.at(static_cast<std::size_t>(format)) < 0;
  const bool is_stale = state.written.erase(file) > 0 || (is_first && std::filesystem::exists(file));
  if (!is_stale) return false;
  remove_side_file(file.string(), std::filesystem::path(study_).filename().string());
  if (std::filesystem::exists(file)) return false;  // somebody else's
  state.told.erase(scene.run);
  if (scene.empty() && scene.steps > 0) {
    std::fprintf(stderr, "tessera: %s: %s is removed: of the steps that are there it would show nothing\n",
                 name_.c_str(), file.filename().c_str());
  }
  return false;
}

/// What the run has on a grid or a mesh, and its tables.
std::vector<Scene> LiveSideFiles::scenes_of(const schema::Catalog& catalog, int run, const RunState& state) {
  std::vector<Scene> scenes = scenes_of_tables(catalog, run, state.rows);
  scenes.insert(scenes.begin(), scene_of(catalog, run, state.versions, state.steps));
  return scenes;
}

/// What the side files will not show.
void LiveSideFiles::tell(const Scene& scene) const {
  const std::string run = scene.run == "/" ? "the root group" : "run " + in_quotes(scene.run);
  const auto say = [&](Format format, const char* verb, const std::string& what) {
    std::fprintf(stderr, "tessera: %s: a %s file for ParaView %s%s\n", name_.c_str(),
                 std::string(extension_of(format)).c_str(), verb, what.c_str());
  };
  const auto lacking = [&](const std::string& part) { return run + ", the " + part; };
  for (const Format format : {Format::vtkhdf, Format::xdmf}) {
    if (!has(format)) continue;
    const std::string why = obstacle(scene, study_, format);
    if (!why.empty()) {
      say(format, "cannot show ", std::string(run).append(": ").append(why));
      continue;
    }
    for (const std::string& part : left_out(scene, format)) say(format, "does not show, of ", lacking(part));
  }
}

}  // namespace tessera::paraview
