#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include <tessera/options.hpp>
#include <tessera/report.hpp>

#include "pipeline/measures.hpp"

namespace tessera::detail {

/// Keeps what commits did, and tells it. For rank 0; any thread; never throws where a commit may be under way: where it
/// has no memory, a commit is missing in the report.
class Reporter {
 public:
  /// \param path as the user calls the file; the report goes beside it, also where the directory changes
  Reporter(const std::string& path, const std::string& engine, int ranks, const ReportOptions& options);

  /// \param measures nullptr: nobody measured that commit
  /// \param step     -1: static fields
  void add(const pipeline::CommitMeasures* measures, const std::string& run, std::int64_t step,
           double seconds) noexcept;
  void at_close() noexcept;

  /// So far.
  Report report() const;

 private:
  void write_file() const;

  std::string file_;  ///< of the report, absolute
  ReportOptions options_;
  mutable std::mutex mutex_;  ///< of the next one, while a thread may publish
  Report report_;             ///< with up to twice as many commits as are shown
};

}  // namespace tessera::detail
