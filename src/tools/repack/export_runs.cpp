#include "tools/repack/export_runs.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <utility>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "hdf5/content_export.hpp"
#include "schema/statistics.hpp"
#include "storage/unfinished.hpp"
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

/// What is copied, and where it goes.
class Plan {
 public:
  Plan(const hdf5::Survey& survey, const schema::Contents& contents, const ExportOptions& options)
      : survey_(survey), contents_(contents), options_(options) {
    for (const std::string& name : options.runs) {
      const bool has_slash = name.size() > 1 && name.front() == '/';
      const schema::StoredRun* run = contents.run(has_slash ? name.substr(1) : name);
      if (run == nullptr) throw Error(ErrorCode::not_found, "there is no run " + in_quotes(name) + " in the file");
      runs_.insert(run->run.path);
    }
    require_fields();
  }

  /// Whether the content of a group is copied: of selected runs, and of what is below them. What is known of fields'
  /// values holds for all fields as they are, and has no place in a root group.
  bool has(const std::string& group) const {
    const bool is_as_it_was = options_.fields.empty() && !options_.single_precision && !options_.into_root;
    if (name_of(group) == schema::statistics_group && !is_as_it_was) return false;
    const auto holds = [&](const std::string& run) {
      return run == group || (!options_.into_root && run != "/" && group.starts_with(run + "/"));
    };
    return runs_.empty() || std::ranges::any_of(runs_, holds);
  }

  /// Where a group goes; groups above selected ones are there, too.
  std::optional<std::string> target(const std::string& group) const {
    if (options_.into_root) return has(group) || group == "/" ? std::optional<std::string>("/") : std::nullopt;
    const auto is_above = [&](const std::string& run) { return run.starts_with(group + "/"); };
    if (group == "/" || has(group) || std::ranges::any_of(runs_, is_above)) return group;
    return std::nullopt;
  }

  /// Datasets, scales first: those of selected groups, and the scales that they need from others.
  std::vector<const hdf5::SurveyedDataset*> datasets() const {
    std::vector<const hdf5::SurveyedDataset*> chosen;
    std::set<std::string> scales;
    for (const hdf5::SurveyedDataset& dataset : survey_.datasets()) {
      if (!is_chosen(dataset)) continue;
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

  hdf5::ExportChange change(const hdf5::SurveyedDataset& dataset) const {
    hdf5::ExportChange change;
    if (const auto* run = run_with_steps(dataset); run != nullptr && !options_.steps.empty()) {
      change.steps = step_range(options_.steps, static_cast<std::int64_t>(run->times.size()));
    }
    const schema::StoredRun* run = run_at(parent_of(dataset.path));
    const schema::StoredField* field = run == nullptr ? nullptr : run->field(name_of(dataset.path));
    if (field == nullptr) return change;
    change.codec = options_.codec;
    change.single_precision = options_.single_precision && field->field.stored == DataType::float64;
    if (!options_.chunk.empty()) change.chunk = chunk_of(*field);
    return change;
  }

 private:
  const schema::StoredRun* run_at(const std::string& path) const {
    const auto found = std::ranges::find(contents_.runs, path, [](const auto& one) { return one.run.path; });
    return found == contents_.runs.end() ? nullptr : &*found;
  }

  /// The run whose steps a dataset has along its first axis; nullptr: it has none.
  const schema::StoredRun* run_with_steps(const hdf5::SurveyedDataset& dataset) const {
    if (dataset.grid.extents.empty()) return nullptr;
    const std::string scale = dataset.is_scale ? dataset.path : survey_.scale_paths(dataset).front();
    const schema::StoredRun* run = scale.empty() || name_of(scale) != "time" ? nullptr : run_at(parent_of(scale));
    return run != nullptr && run->has_time ? run : nullptr;
  }

  void require_fields() const {
    for (const std::string& name : options_.fields) {
      const auto has_it = [&](const schema::StoredRun& run) {
        return has(run.run.path) && (run.field(name) != nullptr || run.scalar(name) != nullptr);
      };
      if (std::ranges::any_of(contents_.runs, has_it)) continue;
      throw Error(ErrorCode::not_found, "there is no field " + in_quotes(name) + " in what is to be copied");
    }
  }

  bool is_chosen(const hdf5::SurveyedDataset& dataset) const {
    if (!has(parent_of(dataset.path))) return false;
    if (options_.fields.empty() || dataset.is_scale) return true;
    return std::ranges::find(options_.fields, name_of(dataset.path)) != options_.fields.end();
  }

  std::vector<hsize_t> chunk_of(const schema::StoredField& stored) const {
    const schema::Field& field = stored.field;
    const std::size_t axes = field.axes.size();
    const std::size_t given = options_.chunk.size();
    if (given != axes && given != axes + 1) {
      throw Error(ErrorCode::invalid_argument, "the chunk has " + std::to_string(given) + " axes, and field " +
                                                   in_quotes(field.name) + " has " + std::to_string(axes) +
                                                   ", besides time");
    }
    std::vector<hsize_t> chunk;
    if (field.time_dependent) chunk.push_back(given == axes ? 1 : static_cast<hsize_t>(options_.chunk[0]));
    for (std::size_t axis = given - axes; axis < given; ++axis) {
      chunk.push_back(static_cast<hsize_t>(options_.chunk[axis]));
    }
    if (field.components > 1) chunk.push_back(static_cast<hsize_t>(field.components));
    return chunk;
  }

  const hdf5::Survey& survey_;
  const schema::Contents& contents_;
  const ExportOptions& options_;
  std::set<std::string> runs_;  ///< paths; empty: all
};

void check_options(const std::string& out, const ExportOptions& options) {
  if (!options.overwrite && ::access(out.c_str(), F_OK) == 0) {
    throw Error(ErrorCode::file_exists, "there is a file " + in_quotes(out) + "; --overwrite replaces it");
  }
  if (std::ranges::any_of(options.chunk, [](std::int64_t extent) { return extent < 1; })) {
    throw Error(ErrorCode::invalid_argument, "a chunk has at least one cell along each axis");
  }
}

void write(const hdf5::Survey& survey, const Plan& plan, const ExportOptions& options, const std::string& path,
           ExportReport& report) {
  hdf5::ContentExport copy(survey, path);
  // Where both go to the root, the run's own attributes count.
  if (options.into_root) {
    for (const hdf5::SurveyedGroup& group : survey.groups()) {
      if (plan.has(group.path)) copy.add_group(group.path, "/");
    }
  }
  for (const hdf5::SurveyedGroup& group : survey.groups()) {
    const auto target = plan.target(group.path);
    if (target && (!options.into_root || group.path == "/")) copy.add_group(group.path, *target);
    if (target && plan.has(group.path)) report.runs.push_back(group.path);
  }
  for (const hdf5::SurveyedDataset* dataset : plan.datasets()) {
    // A scale may come from a group that is not copied: it goes where what needs it can be.
    const auto group = plan.target(parent_of(dataset->path));
    copy.add_dataset(dataset->path, join(group.value_or("/"), name_of(dataset->path)), plan.change(*dataset));
    ++report.datasets;
  }
  copy.finish();
}

}  // namespace

Codec codec_named(const std::string& name) {
  if (name == "none") return Codec::none();
  if (name == "deflate") return Codec::deflate(Codec{}.level);
  int level = 0;
  if (name.starts_with("deflate:")) {
    const char* begin = name.data() + 8;
    const char* end = name.data() + name.size();
    const auto [last, error] = std::from_chars(begin, end, level);
    if (error == std::errc() && last == end && level >= 1 && level <= 9) return Codec::deflate(level);
  }
  throw Error(ErrorCode::invalid_argument, "there is no codec " + in_quotes(name) + ": give none, or deflate:1 to 9");
}

ExportReport export_runs(const std::string& path, const std::string& out, const ExportOptions& options) {
  check_options(out, options);
  hdf5::Survey survey(path);
  survey.read();
  if (!survey.errors().empty()) {
    const hdf5::SurveyError& first = survey.errors().front();
    throw Error(ErrorCode::hdf5, first.path + " cannot be read: " + first.text + "; 'tessera verify' tells more");
  }
  const schema::Contents contents = survey.contents();
  const Plan plan(survey, contents, options);
  ExportReport report;
  report.bytes_before = survey.file().size();
  storage::Unfinished unfinished({out, out});
  write(survey, plan, options, unfinished.path(), report);
  report.bytes_after = std::filesystem::file_size(unfinished.path());
  unfinished.publish(options.overwrite);
  return report;
}

}  // namespace tessera::tools
