#pragma once

#include <mpi.h>

#include <array>
#include <cstdint>
#include <vector>

/// \file
/// The box, its flow, and what drifts in it.

namespace advection {

inline constexpr double time_step = 0.005;
inline constexpr int steps = 160;
inline constexpr double lifetime = 0.4;

/// The rows of cells [first, last) of a square of cells x cells that a rank has.
struct Strip {
  int rank = 0;
  int ranks = 1;
  std::int64_t cells = 96;
  std::int64_t first = 0;
  std::int64_t last = 96;

  std::int64_t rows() const { return last - first; }
  double size() const { return 1.0 / static_cast<double>(cells); }
  /// Who has the cells at this height.
  int owner(double y) const;
};
Strip strip_of(MPI_Comm ranks);

/// Along x and y; nothing flows through the walls.
std::array<double, 2> flow(double x, double y);

/// A concentration in each cell, with a row of other ranks' cells below and above.
class Cloud {
 public:
  explicit Cloud(const Strip& strip);
  /// One step, upwind. Collective.
  void advance();
  const double* values() const { return values_.data(); }
  /// Of this rank's cells.
  double largest() const;

 private:
  double& at(std::int64_t row, std::int64_t column) {
    return values_[static_cast<std::size_t>(row * strip_.cells + column)];
  }
  void exchange();
  Strip strip_;
  std::vector<double> values_;
  std::vector<double> before_;
};

struct Tracer {
  std::array<double, 3> place{};
  double born = 0;
  std::int64_t id = 0;
};

/// Moves all for a step.
void drift(std::vector<Tracer>& tracers);
/// The old ones go, and the rank with the source has one more.
void let_go(std::vector<Tracer>& tracers, const Strip& strip, int step);
/// Each to the rank in whose strip it is. Collective.
void send_to_owners(std::vector<Tracer>& tracers, MPI_Comm ranks, const Strip& strip);

/// By rank 0, of all. Collective.
void print(MPI_Comm ranks, double time, std::int64_t tracers, double largest);

}  // namespace advection
