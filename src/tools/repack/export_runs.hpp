#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tessera/options.hpp>

namespace tessera::tools {

struct ExportOptions {
  std::vector<std::string> runs;    ///< names; empty: all, and whatever else the file has
  std::vector<std::string> fields;  ///< names; empty: all
  std::string steps;                ///< "a:b" as Python has it; empty: all
  std::optional<Codec> codec;       ///< of the fields
  std::vector<std::int64_t> chunk;  ///< of the fields: along the grid's axes, or time before these
  bool single_precision = false;    ///< of fields of double precision
  bool into_root = false;           ///< the run's content goes to the root group; of one run
  bool overwrite = false;
};

struct ExportReport {
  std::vector<std::string> runs;
  std::uint64_t datasets = 0;
  std::uint64_t bytes_before = 0;  ///< of the files
  std::uint64_t bytes_after = 0;
};

/// Copies runs into a new file, which has its name when it is complete. What the caller does not change is copied as it
/// is stored.
/// \throws Error storage, hdf5, file_exists; not_found for runs and fields; invalid_argument for steps and chunks
ExportReport export_runs(const std::string& path, const std::string& out, const ExportOptions& options);

}  // namespace tessera::tools
