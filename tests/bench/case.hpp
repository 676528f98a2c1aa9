#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// \file
/// What is written in a measurement, for both writers the same.

namespace bench {

using Extents = std::array<std::int64_t, 3>;

/// Command line.
struct Case {
  std::int64_t edge = 128;  ///< points per axis
  std::int64_t chunk = 64;  ///< edge of a chunk
  int steps = 4;
  int level = 4;                      ///< deflate, after shuffle; 0: not compressed
  std::int64_t halo = 0;              ///< ghost layers around each rank's block in memory
  std::string engine = "collective";  ///< of Tessera
  int repetitions = 7;                ///< measured pairs, after one that is not
  std::string directory = "/dev/shm";
  std::string json = {};    ///< the result is appended to this file, one line
  bool check = false;       ///< compare the two files
  bool flush = true;        ///< by hand: H5Fflush after each step, which with MPI-IO is an fsync on every rank, too
  bool power_safe = false;  ///< Tessera: each commit waits for the disk
};

/// This rank's block of the field and its values for some steps; step n writes values[n % values.size()].
struct Block {
  Extents lower{};
  Extents extents{};                        ///< owned points, without halo
  Extents in_memory{};                      ///< with halo
  std::vector<std::vector<double>> values;  ///< of in_memory's shape, C order
};

inline constexpr const char* dataset_path = "/simulation_1/velocity";

}  // namespace bench
