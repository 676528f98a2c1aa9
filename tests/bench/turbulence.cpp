#include "turbulence.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

namespace bench {

namespace {

constexpr int waves = 48;

struct Wave {
  std::array<double, 3> number;  ///< waves per box length and axis, whole numbers
  double amplitude;
  double phase;
};

std::vector<Wave> make_waves(std::int64_t edge) {
  std::mt19937 engine(20260101);
  // Not std::uniform_*_distribution: its results differ from library to library.
  const auto uniform = [&engine] { return static_cast<double>(engine()) / 4294967296.0; };
  std::vector<Wave> result;
  for (int i = 0; i < waves; ++i) {
    // Wave numbers from 1 to a third of the grid's points, evenly spread in their logarithm.
    const double length = std::pow(static_cast<double>(edge) / 3, uniform());
    const double height = 2 * uniform() - 1;
    const double angle = 2 * std::numbers::pi * uniform();
    const double radius = std::sqrt(1 - height * height);
    Wave wave{{std::round(length * height), std::round(length * radius * std::sin(angle)),
               std::round(length * radius * std::cos(angle))},
              std::pow(length, -11.0 / 6.0),
              2 * std::numbers::pi * uniform()};
    result.push_back(wave);
  }
  return result;
}

}  // namespace

void fill_with_turbulence(const Block& block, std::int64_t edge, double time, std::vector<double>& values) {
  const auto [nz, ny, nx] = block.in_memory;
  values.assign(static_cast<std::size_t>(nz * ny * nx), 0.0);
  const double step = 2 * std::numbers::pi / static_cast<double>(edge);
  const std::int64_t halo = (nz - block.extents[0]) / 2;
  for (const Wave& wave : make_waves(edge)) {
    const auto turn = std::polar(1.0, wave.number[2] * step);
    for (std::int64_t row = 0; row < nz * ny; ++row) {
      const std::array<std::int64_t, 3> first{block.lower[0] - halo + row / ny, block.lower[1] - halo + row % ny,
                                              block.lower[2] - halo};
      double phase = wave.phase + time * std::hypot(wave.number[0], wave.number[1], wave.number[2]);
      for (std::size_t axis = 0; axis < 3; ++axis) phase += wave.number[axis] * step * static_cast<double>(first[axis]);
      std::complex<double> value = std::polar(wave.amplitude, phase);
      double* out = values.data() + row * nx;
      for (std::int64_t i = 0; i < nx; ++i) {
        out[i] += value.real();
        value = {value.real() * turn.real() - value.imag() * turn.imag(),
                 value.real() * turn.imag() + value.imag() * turn.real()};
      }
    }
  }
}

}  // namespace bench
