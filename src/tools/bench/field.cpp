#include "tools/bench/field.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::tools {

namespace {

/// Cells along an axis: multiples of 32, so that chunks of usual sizes fit.
std::int64_t edge_of(std::uint64_t bytes) {
  const double cells = std::cbrt(static_cast<double>(bytes) / sizeof(double));
  return std::max<std::int64_t>(32, static_cast<std::int64_t>(cells * (1 + 1e-12)) / 32 * 32);
}

std::vector<double> waves(const Box& box, double time) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(box.volume()));
  std::uint64_t noise = 1;
  for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z) {
    for (std::int64_t y = box.lower[1]; y < box.upper[1]; ++y) {
      const double row = std::sin(0.031 * static_cast<double>(z) + time) + std::cos(0.117 * static_cast<double>(y));
      for (std::int64_t x = box.lower[2]; x < box.upper[2]; ++x) {
        noise = noise * 6364136223846793005U + 1442695040888963407U;  // Knuth's; its high bits are good
        const double small = static_cast<double>(noise >> 40) * 0x1p-24;
        values.push_back(300 + 10 * row * std::sin(0.053 * static_cast<double>(x)) + 1e-6 * small);
      }
    }
  }
  return values;
}

}  // namespace

BenchField::BenchField(std::uint64_t bytes, int rank, int ranks) : edge_(edge_of(bytes)), ranks_(ranks) {
  box_ = Box::at({edge_ * rank, 0, 0}, {edge_, edge_, edge_});
  values_ = {waves(box_, 0), waves(box_, 0.1)};
}

}  // namespace tessera::tools
