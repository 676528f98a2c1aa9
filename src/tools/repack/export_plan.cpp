#include "tools/repack/export_plan.hpp"

#include <algorithm>

#include <tessera/error.hpp>

#include "base/round_up.hpp"
#include "base/text.hpp"
#include "schema/statistics.hpp"
#include "schema/table.hpp"
#include "tools/repack/step_range.hpp"

namespace tessera::tools {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string join(const std::string& group, const std::string& name) {
  return group == "/" ? "/" + name : group + "/" + name;
}

}  // namespace

ExportPlan::ExportPlan(const hdf5::Survey& survey, const schema::Contents& contents, const ExportOptions& options)
    : survey_(survey), contents_(contents), options_(options), companions_(survey) {
  for (const std::string& name : options.runs) {
    const bool has_slash = name.size() > 1 && name.front() == '/';
    const schema::StoredRun* run = contents.run(has_slash ? name.substr(1) : name);
    if (run == nullptr) throw Error(ErrorCode::not_found, "there is no run " + in_quotes(name) + " in the file");
    runs_.insert(run->run.path);
  }
  require_fields();
}

bool ExportPlan::has(const std::string& group) const {
  const bool is_as_it_was = options_.fields.empty() && !options_.single_precision && !options_.into_root;
  if (name_of(group) == schema::statistics_group && !is_as_it_was) return false;
  const auto holds = [&](const std::string& run) {
    return run == group || (!options_.into_root && run != "/" && group.starts_with(run + "/"));
  };
  return runs_.empty() || std::ranges::any_of(runs_, holds);
}

std::optional<std::string> ExportPlan::target(const std::string& group) const {
  if (options_.into_root) return has(group) || group == "/" ? std::optional<std::string>("/") : std::nullopt;
  const auto is_above = [&](const std::string& run) { return run.starts_with(group + "/"); };
  if (group == "/" || has(group) || std::ranges::any_of(runs_, is_above)) return group;
  return std::nullopt;
}

std::vector<const hdf5::SurveyedDataset*> ExportPlan::datasets() const {
  std::vector<const hdf5::SurveyedDataset*> chosen;
  std::set<std::string> scales;
  const std::set<std::string> wanted = options_.fields.empty() ? std::set<std::string>() : wanted_fields();
  for (const hdf5::SurveyedDataset& dataset : survey_.datasets()) {
    if (!has(parent_of(dataset.path))) continue;
    if (!options_.fields.empty() && !dataset.is_scale && !wanted.contains(dataset.path)) continue;
    if (!dataset.is_scale) {
      chosen.push_back(&dataset);
      for (const std::string& scale : survey_.scale_paths(dataset)) scales.insert(scale);
    } else if (options_.fields.empty() || name_of(dataset.path) == "time") {
      scales.insert(dataset.path);
    }
  }
  std::vector<const hdf5::SurveyedDataset*> result;
  for (const hdf5::SurveyedDataset& dataset : survey_.datasets()) {
    if (dataset.is_scale && scales.contains(dataset.path)) result.push_back(&dataset);
  }
  result.insert(result.end(), chosen.begin(), chosen.end());
  return result;
}

hdf5::ExportChange ExportPlan::change(const hdf5::SurveyedDataset& dataset) const {
  hdf5::ExportChange change;
  if (!options_.steps.empty()) take_steps(dataset, change);
  const schema::StoredRun* run = run_at(parent_of(dataset.path));
  const schema::StoredField* field = run == nullptr ? nullptr : run->field(name_of(dataset.path));
  if (field == nullptr) return change;
  change.codec = options_.codec;
  if (companions_.is_mesh_part(dataset.path)) return change;  // it is no field, whatever it looks like
  change.single_precision = options_.single_precision && field->field.stored == DataType::float64;
  if (!options_.chunk.empty() && field->field.table.empty()) change.chunk = chunk_of(*field);
  return change;
}

/// Those along the first axis; of a table the rows of these steps, which then count from 0.
void ExportPlan::take_steps(const hdf5::SurveyedDataset& dataset, hdf5::ExportChange& change) const {
  const schema::StoredRun* run = run_at(parent_of(dataset.path));
  if (run != nullptr && run->has_time) {
    const std::string name = name_of(dataset.path);
    const schema::StoredField* column = run->field(name);
    for (const schema::StoredTable& table : run->tables) {
      const bool has_rows =
          name == schema::rows_name(table.name) || (column != nullptr && column->field.table == table.name);
      if (!has_rows && name != schema::begin_name(table.name)) continue;
      const auto steps = step_range(options_.steps, static_cast<std::int64_t>(run->times.size()));
      const auto [first, end] = schema::row_series_of(*run, table.name).rows_of(steps.first, steps.second);
      if (has_rows) {
        // Never within a chunk: behind the rows there is nothing in it.
        const std::int64_t chunk = std::max<std::int64_t>(1, table.options.chunk_rows);
        const std::int64_t last = first == end ? end : std::max(first, round_up(end, chunk));
        change.steps.emplace(static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last));
      } else {
        change.shift = first;
      }
    }
  }
  if (const auto axis = time_axis_of(dataset)) change.steps = steps_of(*axis);
}

const schema::StoredRun* ExportPlan::run_at(const std::string& path) const {
  const auto found = std::ranges::find(contents_.runs, path, [](const auto& one) { return one.run.path; });
  return found == contents_.runs.end() ? nullptr : &*found;
}

/// The time axis that a dataset is, or has as its first axis.
std::optional<ExportPlan::TimeAxis> ExportPlan::time_axis_of(const hdf5::SurveyedDataset& dataset) const {
  if (dataset.grid.extents.empty()) return std::nullopt;
  const std::string scale = dataset.is_scale ? dataset.path : survey_.scale_paths(dataset).front();
  const schema::StoredRun* run = scale.empty() ? nullptr : run_at(parent_of(scale));
  if (run == nullptr || !run->is_time_axis(name_of(scale))) return std::nullopt;
  return TimeAxis{run, name_of(scale)};
}

/// Those places on the axis that are of the steps which are copied.
std::pair<std::uint64_t, std::uint64_t> ExportPlan::steps_of(const TimeAxis& axis) const {
  const auto range = step_range(options_.steps, std::ssize(axis.run->times));
  if (axis.name == schema::time_of_steps) return range;
  const std::vector<std::int64_t> steps = axis.run->steps_of(axis.name);
  const auto place = [&](std::uint64_t step) {
    return static_cast<std::uint64_t>(std::ranges::lower_bound(steps, static_cast<std::int64_t>(step)) - steps.begin());
  };
  return {place(range.first), place(range.second)};
}

void ExportPlan::require_fields() const {
  for (const std::string& name : options_.fields) {
    const auto has_it = [&](const schema::StoredRun& run) {
      return has(run.run.path) && (run.field(name) != nullptr || run.scalar(name) != nullptr);
    };
    if (std::ranges::any_of(contents_.runs, has_it)) continue;
    throw Error(ErrorCode::not_found, "there is no field " + in_quotes(name) + " in what is to be copied");
  }
}

/// Paths of the selected fields, and of what they and their axes name.
std::set<std::string> ExportPlan::wanted_fields() const {
  std::set<std::string> wanted;
  for (const hdf5::SurveyedDataset& dataset : survey_.datasets()) {
    const bool is_named = std::ranges::find(options_.fields, name_of(dataset.path)) != options_.fields.end();
    if (!is_named || dataset.is_scale || !has(parent_of(dataset.path))) continue;
    wanted.insert(dataset.path);
    companions_.add_of(dataset, wanted);
    for (const std::string& scale : survey_.scale_paths(dataset)) {
      if (const auto* axis = survey_.dataset(scale); axis != nullptr) companions_.add_of(*axis, wanted);
    }
  }
  return wanted;
}

std::vector<std::uint64_t> ExportPlan::chunk_of(const schema::StoredField& stored) const {
  const schema::Field& field = stored.field;
  const std::size_t axes = field.axes.size();
  const std::size_t given = options_.chunk.size();
  if (given != axes && given != axes + 1) {
    throw Error(ErrorCode::invalid_argument, "the chunk has " + std::to_string(given) + " axes, and field " +
                                                 in_quotes(field.name) + " has " + std::to_string(axes) +
                                                 ", besides time; --fields selects fields");
  }
  std::vector<std::uint64_t> chunk;
  if (field.time_dependent) chunk.push_back(given == axes ? 1 : static_cast<std::uint64_t>(options_.chunk[0]));
  for (std::size_t axis = given - axes; axis < given; ++axis) {
    chunk.push_back(static_cast<std::uint64_t>(options_.chunk[axis]));
  }
  for (const std::int64_t extent : field.component_extents()) chunk.push_back(static_cast<std::uint64_t>(extent));
  return chunk;
}

std::vector<ExportPlan::Copy> ExportPlan::copies() const {
  std::vector<Copy> result;
  for (const hdf5::SurveyedDataset* dataset : datasets()) {
    // A scale may come from a group that is not copied: it goes where what needs it can be.
    const auto group = target(parent_of(dataset->path));
    result.push_back({dataset, join(group.value_or("/"), name_of(dataset->path)), change(*dataset)});
  }
  return result;
}

}  // namespace tessera::tools
