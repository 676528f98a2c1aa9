#include "tools/repack/export_source.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::tools {

namespace {

/// What there is, now that everything was read.
schema::Contents contents_of(hdf5::Survey& survey) {
  survey.read();
  if (!survey.errors().empty()) {
    const hdf5::SurveyError& first = survey.errors().front();
    throw Error(ErrorCode::hdf5, first.path + " cannot be read: " + first.text + "; 'tessera verify' tells more");
  }
  return survey.contents();
}

}  // namespace

void check_options(const std::string& out, const ExportOptions& options) {
  if (!options.overwrite && ::access(out.c_str(), F_OK) == 0) {
    throw Error(ErrorCode::file_exists, "there is a file " + in_quotes(out) + "; --overwrite replaces it");
  }
  if (std::ranges::any_of(options.chunk, [](std::int64_t extent) { return extent < 1; })) {
    throw Error(ErrorCode::invalid_argument, "a chunk has at least one cell along each axis");
  }
}

ExportSource::ExportSource(const std::string& path, const ExportOptions& options)
    : options_(options), survey_(path), contents_(contents_of(survey_)), plan_(survey_, contents_, options_),
      copies_(plan_.copies()) {}

void ExportSource::add_groups(hdf5::ContentExport& copy) const {
  // Where both go to the root, the run's own attributes count.
  if (options_.into_root) {
    for (const hdf5::SurveyedGroup& group : survey_.groups()) {
      if (plan_.has(group.path)) copy.add_group(group.path, "/");
    }
  }
  for (const hdf5::SurveyedGroup& group : survey_.groups()) {
    const auto target = plan_.target(group.path);
    if (target && (!options_.into_root || group.path == "/")) copy.add_group(group.path, *target);
  }
}

ExportReport ExportSource::report() const {
  ExportReport report;
  for (const hdf5::SurveyedGroup& group : survey_.groups()) {
    if (plan_.target(group.path) && plan_.has(group.path)) report.runs.push_back(group.path);
  }
  report.datasets = copies_.size();
  report.bytes_before = survey_.file().size();
  return report;
}

}  // namespace tessera::tools
