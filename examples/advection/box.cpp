#include "box.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace advection {

namespace {

constexpr std::array<double, 2> source{0.5, 0.25};

}  // namespace

Strip strip_of(MPI_Comm ranks) {
  Strip strip;
  MPI_Comm_rank(ranks, &strip.rank);
  MPI_Comm_size(ranks, &strip.ranks);
  strip.first = strip.cells * strip.rank / strip.ranks;
  strip.last = strip.cells * (strip.rank + 1) / strip.ranks;
  return strip;
}

int Strip::owner(double y) const {
  const auto row = std::clamp<std::int64_t>(static_cast<std::int64_t>(y * static_cast<double>(cells)), 0, cells - 1);
  int above = 0;
  while (cells * (above + 1) / ranks <= row) ++above;
  return above;
}

std::array<double, 2> flow(double x, double y) {
  constexpr double pi = std::numbers::pi;
  return {std::sin(pi * x) * std::cos(pi * y), -std::cos(pi * x) * std::sin(pi * y)};
}

Cloud::Cloud(const Strip& strip)
    : strip_(strip), values_(static_cast<std::size_t>((strip.rows() + 2) * strip.cells), 0.0), before_(values_) {
  for (std::int64_t row = 1; row <= strip.rows(); ++row) {
    for (std::int64_t column = 0; column < strip.cells; ++column) {
      const double x = (static_cast<double>(column) + 0.5) * strip.size();
      const double y = (static_cast<double>(strip.first + row) - 0.5) * strip.size();
      at(row, column) = std::hypot(x - 0.5, y - 0.25) < 0.15 ? 1.0 : 0.0;
    }
  }
}

/// The rows at the ends of this strip to the neighbours, and theirs to here.
void Cloud::exchange() {
  const int below = strip_.rank > 0 ? strip_.rank - 1 : MPI_PROC_NULL;
  const int above = strip_.rank + 1 < strip_.ranks ? strip_.rank + 1 : MPI_PROC_NULL;
  const int count = static_cast<int>(strip_.cells);
  MPI_Sendrecv(&at(1, 0), count, MPI_DOUBLE, below, 0, &at(strip_.rows() + 1, 0), count, MPI_DOUBLE, above, 0,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Sendrecv(&at(strip_.rows(), 0), count, MPI_DOUBLE, above, 1, &at(0, 0), count, MPI_DOUBLE, below, 1,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

void Cloud::advance() {
  exchange();
  before_ = values_;
  const double size = strip_.size();
  const auto old = [&](std::int64_t row, std::int64_t column) {
    return before_[static_cast<std::size_t>(row * strip_.cells + column)];
  };
  /// Through a face, from the cell that the flow comes from.
  const auto flux = [](double speed, double from, double to) { return speed > 0 ? speed * from : speed * to; };
  for (std::int64_t row = 1; row <= strip_.rows(); ++row) {
    const double y = (static_cast<double>(strip_.first + row) - 0.5) * size;
    for (std::int64_t column = 0; column < strip_.cells; ++column) {
      const double x = (static_cast<double>(column) + 0.5) * size;
      double change = 0;
      if (column > 0) change += flux(flow(x - size / 2, y)[0], old(row, column - 1), old(row, column));
      if (column + 1 < strip_.cells) change -= flux(flow(x + size / 2, y)[0], old(row, column), old(row, column + 1));
      if (strip_.first + row > 1) change += flux(flow(x, y - size / 2)[1], old(row - 1, column), old(row, column));
      if (strip_.first + row < strip_.cells)
        change -= flux(flow(x, y + size / 2)[1], old(row, column), old(row + 1, column));
      at(row, column) += time_step / size * change;
    }
  }
}

double Cloud::largest() const {
  const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(strip_.cells);
  return strip_.rows() > 0 ? *std::max_element(begin, values_.end() - static_cast<std::ptrdiff_t>(strip_.cells)) : 0.0;
}

void drift(std::vector<Tracer>& tracers) {
  for (Tracer& tracer : tracers) {
    auto& [x, y, z] = tracer.place;
    const auto [u, v] = flow(x, y);
    const auto [mid_u, mid_v] = flow(x + time_step / 2 * u, y + time_step / 2 * v);
    x += time_step * mid_u;
    y += time_step * mid_v;
  }
}

void let_go(std::vector<Tracer>& tracers, const Strip& strip, int step) {
  std::erase_if(tracers, [&](const Tracer& tracer) { return (step + 1) * time_step - tracer.born > lifetime; });
  if (strip.owner(source[1]) != strip.rank) return;
  tracers.push_back({{source[0], source[1], 0.0}, (step + 1) * time_step, step});
}

void send_to_owners(std::vector<Tracer>& tracers, MPI_Comm ranks, const Strip& strip) {
  std::ranges::stable_sort(tracers, {}, [&](const Tracer& tracer) { return strip.owner(tracer.place[1]); });
  const auto size = static_cast<std::size_t>(strip.ranks);
  std::vector<int> sent(size), received(size), from(size), into(size);
  constexpr int bytes = sizeof(Tracer);
  for (const Tracer& tracer : tracers) sent[static_cast<std::size_t>(strip.owner(tracer.place[1]))] += bytes;
  MPI_Alltoall(sent.data(), 1, MPI_INT, received.data(), 1, MPI_INT, ranks);
  for (std::size_t rank = 1; rank < size; ++rank) {
    from[rank] = from[rank - 1] + sent[rank - 1];
    into[rank] = into[rank - 1] + received[rank - 1];
  }
  std::vector<Tracer> arrived(static_cast<std::size_t>(into.back() + received.back()) / sizeof(Tracer));
  MPI_Alltoallv(tracers.data(), sent.data(), from.data(), MPI_BYTE, arrived.data(), received.data(), into.data(),
                MPI_BYTE, ranks);
  tracers = std::move(arrived);
}

void print(MPI_Comm ranks, double time, std::int64_t tracers, double largest) {
  int rank = 0;
  MPI_Comm_rank(ranks, &rank);
  std::int64_t all = 0;
  double largest_of_all = 0;
  MPI_Reduce(&tracers, &all, 1, MPI_INT64_T, MPI_SUM, 0, ranks);
  MPI_Reduce(&largest, &largest_of_all, 1, MPI_DOUBLE, MPI_MAX, 0, ranks);
  if (rank != 0) return;
  std::printf("t = %.1f: %lld tracers, largest concentration %.3f\n", time, static_cast<long long>(all),
              largest_of_all);
}

}  // namespace advection
