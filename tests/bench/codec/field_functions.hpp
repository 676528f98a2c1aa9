#pragma once

#include <array>
#include <cstdint>
#include <vector>

/// \file
/// The functions behind the generated data sets, on the unit cube.

namespace tessera::bench {

using Point = std::array<double, 3>;

/// A number of [0, 1) that looks random and depends on its arguments only.
double hashed_uniform(std::uint64_t seed, std::uint64_t index) noexcept;
/// The same with mean 0 and variance 1, roughly normal.
double hashed_normal(std::uint64_t seed, std::uint64_t index) noexcept;

/// Sum of plane waves with a falling spectrum, as turbulence has.
class Turbulence {
 public:
  Turbulence(std::uint64_t seed, double wave_number);
  double operator()(const Point& p) const;

 private:
  struct Mode {
    Point wave;
    double amplitude;
    double phase;
  };
  std::vector<Mode> modes_;
};

/// Heat conduction into a cube of two materials: the conductivity jumps at x = 0.4, the solution has a kink there.
class Heat {
 public:
  Heat(double time, double wave_number) : time_(time), wave_number_(wave_number) {}
  double operator()(const Point& p) const;

 private:
  double time_;
  double wave_number_;
};

/// To nearest, keeping 16 bits of the mantissa.
double rounded_to_16_bits(double value) noexcept;

/// Smooth and equal on both sides of every middle plane.
double mirror_symmetric(const Point& p, double wave_number);

/// Cells of Voronoi type: a number per cell.
class Labels {
 public:
  Labels(std::uint64_t seed, double wave_number);
  std::int32_t operator()(const Point& p) const;

 private:
  std::vector<Point> seeds_;
};

}  // namespace tessera::bench
