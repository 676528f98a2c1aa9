#include "tools/plot/image.hpp"

#include <algorithm>
#include <cmath>

#include "tools/plot/raster.hpp"

namespace tessera::tools {

namespace {

constexpr Colour white{255, 255, 255};
constexpr Colour black{0, 0, 0};
constexpr Colour blue{31, 119, 180};
constexpr std::size_t margin = 12;
constexpr std::size_t bar_width = 24;

/// Around the pixels from `column` and `row` on.
void draw_frame(Image& image, std::size_t column, std::size_t row, std::size_t width, std::size_t height) {
  for (std::size_t x = column - 1; x <= column + width; ++x) image.at(x, row - 1) = image.at(x, row + height) = black;
  for (std::size_t y = row - 1; y <= row + height; ++y) image.at(column - 1, y) = image.at(column + width, y) = black;
}

Image image_of_line(const Slice& slice, const ValueRange& range, std::size_t width, std::size_t height) {
  Image image(width + 2 * margin, height + 2 * margin, white);
  draw_frame(image, margin, margin, width, height);
  const std::vector<int> rows = rows_of_line(slice, range, width, height);
  for (std::size_t column = 0; column < width; ++column) {
    if (rows[column] < 0) continue;
    // Up to the middle of the way to the next one, so that steep parts are lines too.
    const int next = column + 1 < width && rows[column + 1] >= 0 ? rows[column + 1] : rows[column];
    const auto [upper, lower] = std::minmax(rows[column], next);
    for (int row = upper; row <= std::min(lower + 1, static_cast<int>(height) - 1); ++row) {
      image.at(margin + column, margin + static_cast<std::size_t>(row)) = blue;
    }
  }
  return image;
}

}  // namespace

Image image_of(const Slice& slice, const ValueRange& range, std::size_t size) {
  if (!slice.up) return image_of_line(slice, range, size, size / 2);
  const double aspect = aspect_of(slice);
  const double longer = std::max(aspect, 1.0);
  const auto side = [&](double part) {
    return static_cast<std::size_t>(std::max(std::lround(static_cast<double>(size) * part / longer), 1L));
  };
  const Raster raster = raster_of(slice, side(1), side(aspect));
  Image image(raster.columns + bar_width + 3 * margin, raster.rows + 2 * margin, white);
  draw_frame(image, margin, margin, raster.columns, raster.rows);
  for (std::size_t row = 0; row < raster.rows; ++row) {
    for (std::size_t column = 0; column < raster.columns; ++column) {
      image.at(margin + column, margin + row) = colour_of(range, raster.at(column, row));
    }
  }
  const std::size_t bar = raster.columns + 2 * margin;
  draw_frame(image, bar, margin, bar_width, raster.rows);
  for (std::size_t row = 0; row < raster.rows; ++row) {
    const double place = raster.rows > 1 ? 1 - static_cast<double>(row) / static_cast<double>(raster.rows - 1) : 1;
    for (std::size_t column = 0; column < bar_width; ++column) image.at(bar + column, margin + row) = viridis(place);
  }
  return image;
}

}  // namespace tessera::tools
