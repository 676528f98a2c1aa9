#pragma once

#include <mpi.h>

#include <memory>
#include <string>
#include <vector>

#include "block.hpp"

namespace bench {

/// What is written: a field of float64, a cube.
struct Study {
  std::int64_t edge = 128;
  std::int64_t chunk = 64;
  int steps = 8;
  int level = 1;  ///< of compression: of Tessera's deflate, of Blosc2's zstd
  bool is_async = true;
  std::string aggregation = "TwoLevelShm";  ///< of BP5
  Block block = {};                         ///< this rank's; step n has block.values[n % block.values.size()]

  const std::vector<double>& of_step(int number) const {
    return block.values[static_cast<std::size_t>(number) % block.values.size()];
  }
};

/// A file that steps are written to, by one of the libraries. All calls are collective.
class Output {
 public:
  Output() = default;
  virtual ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  /// The values may be changed afterwards.
  virtual void write(int number, const double* values) = 0;
  virtual void begin_computing() {}  ///< No messages of the simulation's until end_computing().
  virtual void end_computing() {}
  /// All is in the file.
  virtual void close() = 0;
};

std::unique_ptr<Output> open_tessera(const std::string& path, const Study& study);
std::unique_ptr<Output> open_bp5(const std::string& path, const Study& study);

/// Whether the file holds the study's values, each rank's block as it is, to the bit. Collective.
bool tessera_holds(const std::string& path, const Study& study);
bool bp5_holds(const std::string& path, const Study& study);

/// What compresses in BP5: "blosc2 zstd", "bzip2"
const char* bp5_compressor();

}  // namespace bench
