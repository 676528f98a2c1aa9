#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace tessera::bench {

struct FemmComponent {
  std::array<std::size_t, 3> shape{};
  std::vector<double> values;
};

/// The x, y and z components of /data/1/meshes/B of an openPMD file.
/// \throws std::runtime_error when the file cannot be read
std::vector<FemmComponent> read_femm_field(const std::string& file);

}  // namespace tessera::bench
