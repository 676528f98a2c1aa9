#include "fields.hpp"

#include "../codec/field_functions.hpp"
#include "turbulence.hpp"

namespace bench {

namespace {

void fill_with_heat(const Block& block, std::int64_t edge, double time, std::uint64_t seed,
                    std::vector<double>& values) {
  const tessera::bench::Heat heat(time, 1);
  const auto position = [edge](std::int64_t i) { return (static_cast<double>(i) + 0.5) / static_cast<double>(edge); };
  values.clear();
  const auto& [z0, y0, x0] = block.lower;
  for (std::int64_t z = z0; z < z0 + block.extents[0]; ++z) {
    for (std::int64_t y = y0; y < y0 + block.extents[1]; ++y) {
      for (std::int64_t x = x0; x < x0 + block.extents[2]; ++x) {
        const auto index = static_cast<std::uint64_t>((z * edge + y) * edge + x);
        const double error = 1e-9 * tessera::bench::hashed_normal(seed, index);
        values.push_back(heat({position(z), position(y), position(x)}) * (1 + error));
      }
    }
  }
}

}  // namespace

void fill(const std::string& field, const Block& block, std::int64_t edge, int n, std::vector<double>& values) {
  values.reserve(static_cast<std::size_t>(block.extents[0] * block.extents[1] * block.extents[2]));
  if (field == "heat") {
    fill_with_heat(block, edge, 0.05 + 0.01 * n, static_cast<std::uint64_t>(n), values);
    return;
  }
  fill_with_turbulence(block, edge, 0.01 * n, values);
  if (field != "rounded") return;
  for (double& value : values) value = tessera::bench::rounded_to_16_bits(value);
}

}  // namespace bench
