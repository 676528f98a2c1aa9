#pragma once

#include <string>
#include <vector>

#include "hdf5/content_export.hpp"
#include "hdf5/survey.hpp"
#include "schema/contents.hpp"
#include "tools/repack/export_plan.hpp"
#include "tools/repack/export_runs.hpp"

namespace tessera::tools {

/// What is wrong with the options, whatever the file has. \throws Error file_exists, invalid_argument
void check_options(const std::string& out, const ExportOptions& options);

/// A file that is copied from, and what of it.
class ExportSource {
 public:
  /// \param options which stay \throws Error as export_runs
  ExportSource(const std::string& path, const ExportOptions& options);
  ExportSource(const ExportSource&) = delete;
  ExportSource& operator=(const ExportSource&) = delete;

  const hdf5::Survey& survey() const noexcept { return survey_; }
  const std::vector<ExportPlan::Copy>& copies() const noexcept { return copies_; }
  /// Groups with their attributes.
  void add_groups(hdf5::ContentExport& copy) const;
  /// But for the size of the copy.
  ExportReport report() const;

 private:
  const ExportOptions& options_;
  hdf5::Survey survey_;
  schema::Contents contents_;
  ExportPlan plan_;
  std::vector<ExportPlan::Copy> copies_;
};

}  // namespace tessera::tools
