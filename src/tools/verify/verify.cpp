#include "tools/verify/verify.hpp"

#include <algorithm>
#include <optional>

#include <tessera/error.hpp>

#include "base/affinity.hpp"
#include "hdf5/survey.hpp"
#include "tools/common/input.hpp"
#include "tools/verify/checks.hpp"

namespace tessera::tools {

VerifyReport verify(const std::string& path, std::size_t threads) {
  VerifyReport report;
  report.file = path;
  report.writer = writer_state(path);
  hdf5::Survey survey(path);
  survey.read();
  report.datasets = survey.datasets().size();
  std::optional<schema::Contents> contents;
  try {
    contents = survey.contents();
  } catch (const Error& error) {
    report.add({Finding::Kind::metadata, "/", {}, {}, {}, error.what()});
  }
  for (const hdf5::SurveyError& error : survey.errors()) {
    report.add({Finding::Kind::metadata, error.path, {}, {}, {}, error.text});
  }
  StepDatasets fields;
  if (contents) {
    for (const schema::StoredRun& run : contents->runs) {
      for (const schema::StoredField& field : run.fields) {
        fields.emplace(field.field.path, StepDataset{&run, &field});
      }
    }
    check_runs(survey, *contents, report);
  }
  check_chunks(survey, fields, threads > 0 ? threads : static_cast<std::size_t>(std::max(count_of(allowed_cpus()), 1)),
               report);
  check_space(survey, fields, report);
  check_segments(survey, report);
  return report;
}

}  // namespace tessera::tools
