#pragma once

#include <cstddef>
#include <vector>

#include "tools/plot/slice.hpp"

namespace tessera::tools {

/// Values on so many columns and rows, the upmost row first: the mean of the finite ones where cells are smaller than
/// pixels, else the nearest.
struct Raster {
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::vector<double> values;
  double at(std::size_t column, std::size_t row) const noexcept { return values[row * columns + column]; }
};
Raster raster_of(const Slice& slice, std::size_t columns, std::size_t rows);

/// Height by width of the slice, by its coordinates; by its cells where these say nothing sensible.
double aspect_of(const Slice& slice);

/// For a line: the row of each column of a drawing with so many rows, 0 upmost; below 0 for none.
std::vector<int> rows_of_line(const Slice& slice, const ValueRange& range, std::size_t columns, std::size_t rows);

}  // namespace tessera::tools
