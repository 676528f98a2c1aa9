#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// \file
/// Fields that codecs are measured on, generated with fixed seeds and cut into chunks.

namespace tessera::bench {

/// What varies without changing the kind of a data set: for checks that nothing is tuned to one of them.
struct Variant {
  std::uint64_t seed = 1;
  double wave_number = 1;  ///< multiplies the wave numbers and shrinks the structures
  std::array<std::size_t, 3> chunk{64, 64, 64};
  std::size_t edge = 128;  ///< points per axis of the generated fields
};

struct DataSet {
  std::string name;
  std::size_t element_bytes = 8;
  std::vector<std::vector<std::byte>>
      chunks;  ///< elements in C order; those that reach over the edge are padded with 0
};

/// All of them. `femm_file` is an HDF5 file with /data/1/meshes/B/x, y, z; left out when empty.
std::vector<DataSet> make_data_sets(const Variant& variant, const std::string& femm_file);

}  // namespace tessera::bench
