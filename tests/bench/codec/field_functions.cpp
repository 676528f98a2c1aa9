#include "field_functions.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace tessera::bench {

namespace {
constexpr double pi = std::numbers::pi;

double distance2(const Point& a, const Point& b) {
  double sum = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) sum += (a[axis] - b[axis]) * (a[axis] - b[axis]);
  return sum;
}
}  // namespace

// The finaliser of SplitMix64.
double hashed_uniform(std::uint64_t seed, std::uint64_t index) noexcept {
  std::uint64_t z = (index + 1) * 0x9e3779b97f4a7c15u + seed * 0xd1342543de82ef95u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

double hashed_normal(std::uint64_t seed, std::uint64_t index) noexcept {
  double sum = 0;
  for (std::uint64_t i = 0; i < 4; ++i) sum += hashed_uniform(seed, 4 * index + i);
  return (sum - 2) * std::sqrt(3.0);
}

Turbulence::Turbulence(std::uint64_t seed, double wave_number) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    const double k = 2 * pi * wave_number * static_cast<double>(1 + i);
    const double cos_polar = 2 * hashed_uniform(seed, 3 * i) - 1;
    const double azimuth = 2 * pi * hashed_uniform(seed, 3 * i + 1);
    const double sin_polar = std::sqrt(1 - cos_polar * cos_polar);
    const Point wave{k * cos_polar, k * sin_polar * std::cos(azimuth), k * sin_polar * std::sin(azimuth)};
    modes_.push_back({wave, std::pow(static_cast<double>(1 + i), -5.0 / 6), 2 * pi * hashed_uniform(seed, 3 * i + 2)});
  }
}

double Turbulence::operator()(const Point& p) const {
  double sum = 0;
  for (const Mode& mode : modes_) {
    sum += mode.amplitude * std::cos(mode.wave[0] * p[0] + mode.wave[1] * p[1] + mode.wave[2] * p[2] + mode.phase);
  }
  return sum;
}

// Along x a coordinate in which the conductivity is constant: continuous, with a kink at the jump. Along it a front
// that diffuses inwards, across it modes that decay.
double Heat::operator()(const Point& p) const {
  constexpr double jump = 0.4;
  constexpr double slow_material = 8;
  const double x = p[2] < jump ? p[2] : jump + slow_material * (p[2] - jump);
  const double front = std::erfc(x / (2 * std::sqrt(time_)));
  double modes = 0;
  for (int n = 1; n <= 3; n += 2) {
    const double k = pi * n * wave_number_;
    modes += std::sin(k * p[0]) * std::sin(k * p[1]) * std::exp(-0.05 * k * k * time_) / n;
  }
  return 293.15 + 80 * front * (1 + 0.3 * modes) + 5 * modes;
}

double rounded_to_16_bits(double value) noexcept {
  constexpr int dropped = 52 - 16;
  std::uint64_t bits = std::bit_cast<std::uint64_t>(value) + (std::uint64_t{1} << (dropped - 1));
  bits &= ~((std::uint64_t{1} << dropped) - 1);
  return std::bit_cast<double>(bits);
}

double mirror_symmetric(const Point& p, double wave_number) {
  Point q;
  for (std::size_t axis = 0; axis < 3; ++axis) q[axis] = std::abs(p[axis] - 0.5);  // exact: the points are dyadic
  return 300 + 50 * std::cos(pi * wave_number * q[0]) * std::cos(pi * wave_number * q[1]) * std::cos(pi * q[2]);
}

Labels::Labels(std::uint64_t seed, double wave_number) {
  const auto count = static_cast<std::uint64_t>(40 * wave_number);
  for (std::uint64_t i = 0; i < count; ++i) {
    seeds_.push_back({hashed_uniform(seed, 3 * i), hashed_uniform(seed, 3 * i + 1), hashed_uniform(seed, 3 * i + 2)});
  }
}

std::int32_t Labels::operator()(const Point& p) const {
  std::size_t nearest = 0;
  for (std::size_t i = 1; i < seeds_.size(); ++i) {
    if (distance2(p, seeds_[i]) < distance2(p, seeds_[nearest])) nearest = i;
  }
  return static_cast<std::int32_t>(1000 + 37 * nearest);
}

}  // namespace tessera::bench
