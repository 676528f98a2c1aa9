#include "tools/plot/raster.hpp"

#include <algorithm>
#include <cmath>

#include "tools/plot/colours.hpp"

namespace tessera::tools {

namespace {

struct Cells {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The cells that a pixel covers; at least one.
Cells covered(std::size_t pixel, std::size_t pixels, std::size_t cells) {
  const std::size_t begin = pixel * cells / pixels;
  return {begin, std::max((pixel + 1) * cells / pixels, begin + 1)};
}

double mean(const Slice& slice, const Cells& columns, const Cells& rows) {
  double sum = 0;
  double count = 0;
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    for (std::size_t column = columns.begin; column < columns.end; ++column) {
      const double value = slice.at(column, row);
      if (!std::isfinite(value)) continue;
      sum += value;
      ++count;
    }
  }
  return count > 0 ? sum / count : NAN;
}

double extent(const std::vector<double>& places) { return std::fabs(places.back() - places.front()); }

}  // namespace

Raster raster_of(const Slice& slice, std::size_t columns, std::size_t rows) {
  Raster raster{columns, rows, {}};
  raster.values.reserve(columns * rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const Cells high = covered(rows - 1 - row, rows, slice.height());
    for (std::size_t column = 0; column < columns; ++column) {
      raster.values.push_back(mean(slice, covered(column, columns, slice.width()), high));
    }
  }
  return raster;
}

double aspect_of(const Slice& slice) {
  const double cells = static_cast<double>(slice.height()) / static_cast<double>(slice.width());
  if (!slice.up || slice.up->unit != slice.across.unit) return cells;
  // From border to border of the cells, of which places are the middle.
  const auto full = [](const std::vector<double>& places) {
    const auto count = static_cast<double>(places.size());
    return count > 1 ? extent(places) * count / (count - 1) : 0;
  };
  const double aspect = full(slice.up->places) / full(slice.across.places);
  constexpr double most = 20;
  return std::isfinite(aspect) && aspect > 1 / most && aspect < most ? aspect : cells;
}

std::vector<int> rows_of_line(const Slice& slice, const ValueRange& range, std::size_t columns, std::size_t rows) {
  std::vector<int> result(columns, -1);
  const double begin = slice.across.places.front();
  const double length = slice.across.places.back() - begin;
  for (std::size_t column = 0; column < columns; ++column) {
    const double part = columns > 1 ? static_cast<double>(column) / static_cast<double>(columns - 1) : 0;
    const double wanted = begin + part * length;
    const auto after = std::ranges::lower_bound(slice.across.places, wanted);
    const auto right = std::min(static_cast<std::size_t>(after - slice.across.places.begin()), slice.width() - 1);
    const std::size_t left = right > 0 ? right - 1 : 0;
    const double gap = slice.across.places[right] - slice.across.places[left];
    const double near = gap > 0 ? std::clamp((wanted - slice.across.places[left]) / gap, 0.0, 1.0) : 1;
    const double value = slice.values[left] + near * (slice.values[right] - slice.values[left]);
    if (!std::isfinite(value)) continue;
    result[column] = static_cast<int>(std::lround((1 - place_in(range, value)) * static_cast<double>(rows - 1)));
  }
  return result;
}

}  // namespace tessera::tools
