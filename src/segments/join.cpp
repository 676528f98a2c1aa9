#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include <tessera/error.hpp>
#include <tessera/segments.hpp>

#include "base/text.hpp"
#include "hdf5/joined_file.hpp"
#include "segments/join_plan.hpp"
#include "storage/unfinished.hpp"

namespace tessera {

namespace {

/// Without links in the directory, which would lead elsewhere when names are followed from there.
std::filesystem::path whole(const std::string& path) {
  const std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
  return std::filesystem::weakly_canonical(absolute.parent_path()) / absolute.filename();
}

/// How the new file calls it: it can be moved together with its segments.
std::string seen_from(const std::string& path, const std::string& segment) {
  return whole(segment).lexically_relative(whole(path).parent_path());
}

std::unique_ptr<hdf5::Survey> surveyed(const std::string& path) {
  auto survey = std::make_unique<hdf5::Survey>(path);
  survey->read();
  if (survey->errors().empty()) return survey;
  const hdf5::SurveyError& first = survey->errors().front();
  throw Error(ErrorCode::hdf5,
              in_quotes(path) + ": " + first.path + " cannot be read: " + first.text + "; 'tessera verify' tells more");
}

void check_arguments(const std::string& path, const std::vector<std::string>& segments, const JoinOptions& options) {
  if (segments.empty()) throw Error(ErrorCode::invalid_argument, "joining takes at least one segment");
  for (const std::string& segment : segments) {
    if (whole(segment) == whole(path)) {
      throw Error(ErrorCode::invalid_argument, in_quotes(path) + " cannot be one of its own segments");
    }
    if (std::ranges::count(segments, segment) > 1) {
      throw Error(ErrorCode::invalid_argument, in_quotes(segment) + " is given twice");
    }
  }
  if (!options.overwrite && ::access(path.c_str(), F_OK) == 0) {
    throw Error(ErrorCode::file_exists, "there is a file " + in_quotes(path) +
                                            "; JoinOptions::overwrite (tessera join --overwrite) replaces it");
  }
}

}  // namespace

JoinReport join_segments(const std::string& path, const std::vector<std::string>& segments,
                         const JoinOptions& options) {
  check_arguments(path, segments, options);
  std::vector<std::unique_ptr<hdf5::Survey>> surveys;
  std::vector<hdf5::Segment> joined;
  std::vector<std::string> names;
  for (const std::string& segment : segments) {
    surveys.push_back(surveyed(segment));
    names.push_back(seen_from(path, segment));
    joined.push_back({surveys.back().get(), names.back()});
  }
  const segments::JoinPlan plan(joined, options.later_wins);
  storage::Unfinished unfinished({path, path});
  hdf5::JoinedFile file(joined, unfinished.path());
  JoinReport report{plan.datasets().size(), 0, plan.notes()};
  for (const auto& [group, segment] : plan.groups()) file.add_group(segment, group);
  for (const hdf5::JoinedDataset& dataset : plan.datasets()) {
    file.add_dataset(dataset);
    if (dataset.is_virtual) ++report.virtual_datasets;
  }
  file.finish(names);
  unfinished.publish(options.overwrite);
  return report;
}

}  // namespace tessera
