#include "tools/repack/export_runs.hpp"

#include <filesystem>

#include <tessera/error.hpp>

#include "storage/unfinished.hpp"
#include "tools/repack/export_source.hpp"

namespace tessera::tools {

ExportReport export_runs(const std::string& path, const std::string& out, const ExportOptions& options) {
  check_options(out, options);
  const ExportSource source(path, options);
  ExportReport report = source.report();
  storage::Unfinished unfinished({out, out});
  hdf5::ContentExport copy(source.survey(), unfinished.path());
  source.add_groups(copy);
  for (const ExportPlan::Copy& one : source.copies()) copy.add_dataset(one.dataset->path, one.target, one.change);
  copy.finish();
  report.bytes_after = std::filesystem::file_size(unfinished.path());
  unfinished.publish(options.overwrite);
  return report;
}

}  // namespace tessera::tools
