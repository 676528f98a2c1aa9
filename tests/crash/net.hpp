#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <tessera/tessera.hpp>

#include "../support/row_of_squares.hpp"

namespace tessera::crash {

/// A row of squares in the plane, longer in each version, of which there are three; its nodes move.
class Net {
 public:
  static int version_of(int step) { return 1 + std::min(step / 4, 2); }

  /// Declares the version that this step has, where it is another one. Collective.
  void become_that_of(int step, Run& run, int rank, int size) {
    if (version_ == version_of(step)) return;
    version_ = version_of(step);
    tessera_test::RowOfSquares own(6 + 2 * version_, rank, size);
    const auto mesh = run.mesh("net", own.part(), {.dimensions = 2, .position = "at", .version = version_});
    nodes_ = std::move(own.nodes);
    cells_ = std::move(own.cells);
    at_ = run.field<double>("at", mesh.nodes(), {.components = 2, .chunk = {8}});
    kind_ = run.field<std::int32_t>("kind", mesh.cells(), {.fill = -1, .chunk = {5}});
  }

  void put(Step& step, int number) const {
    std::vector<double> places;
    for (const std::int64_t node : nodes_) {
      places.insert(places.end(), {static_cast<double>(node / 2) + 0.25 * number, static_cast<double>(node % 2)});
    }
    std::vector<std::int32_t> kinds;
    for (const std::int64_t cell : cells_) kinds.push_back(static_cast<std::int32_t>(10 * number + cell));
    step.put(at_, std::move(places));
    step.put(kind_, std::move(kinds));
  }

 private:
  int version_ = 0;
  std::vector<std::int64_t> nodes_;
  std::vector<std::int64_t> cells_;
  Field<double> at_;
  Field<std::int32_t> kind_;
};

}  // namespace tessera::crash
