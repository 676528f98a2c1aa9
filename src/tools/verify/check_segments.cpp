#include <set>

#include <tessera/error.hpp>

#include "tools/verify/checks.hpp"

namespace tessera::tools {

void check_segments(const hdf5::Survey& survey, VerifyReport& report) {
  std::set<std::string> files;
  for (const hdf5::SurveyedDataset& dataset : survey.datasets()) {
    for (const hdf5::VirtualPart& part : dataset.parts) {
      if (!part.is_one) {
        report.notes.push_back(dataset.path + ": names of files with its values are patterns, which were not followed");
        break;
      }
      files.insert(part.file);
      try {
        survey.require_part(dataset, part);
      } catch (const Error& error) {
        report.add({Finding::Kind::segment, dataset.path, {}, {}, {}, error.what()});
      }
    }
  }
  if (files.empty()) return;
  report.notes.push_back("values lie in " + std::to_string(files.size()) +
                         " other files, of which only shapes were looked at: verify each of them");
}

}  // namespace tessera::tools
