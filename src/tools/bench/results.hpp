#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tessera/report.hpp>

namespace tessera::tools {

/// What `tessera bench` is to do. The same on every rank.
struct BenchRequest {
  std::string directory = ".";
  std::uint64_t size = std::uint64_t{16} << 20;  ///< bytes of a step, per rank
  int steps = 4;                                 ///< that count; one more comes before
  int level = 4;
  bool power_safe = false;
  bool json = false;
};

/// A way to write a step.
struct BenchRow {
  std::string name;
  bool is_stock = false;  ///< stock parallel HDF5
  bool is_compressed = true;
  std::size_t chunk_bytes = 0;  ///< aimed at; 0 where there are no chunks
  double seconds = 0;           ///< a step, median
  double ratio = 1;             ///< raw bytes to stored ones
  CommitReport typical = {};    ///< stages and requests of the commit with that median; without it nothing was measured
};

struct BenchResults {
  std::string directory;
  int ranks = 1;
  int nodes = 1;
  std::size_t threads = 1;       ///< of a rank, that encode
  std::uint64_t step_bytes = 0;  ///< of all ranks
  int steps = 0;
  std::vector<BenchRow> rows;
  double small_commit_seconds = 0;  ///< of a commit of a few bytes
  std::string striping;             ///< what is said of the directory, and what to do; empty: nothing to do

  double rate(const BenchRow& row) const noexcept {
    return row.seconds > 0 ? static_cast<double>(step_bytes) / row.seconds : 0;
  }
};

}  // namespace tessera::tools
