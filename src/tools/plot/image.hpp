#pragma once

#include <string>
#include <vector>

#include "tools/plot/colours.hpp"
#include "tools/plot/slice.hpp"

namespace tessera::tools {

/// Pixels, the upmost row first.
struct Image {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<Colour> pixels;

  Image(std::size_t columns, std::size_t rows, Colour colour)
      : width(columns), height(rows), pixels(columns * rows, colour) {}
  Colour& at(std::size_t column, std::size_t row) { return pixels[row * width + column]; }
};

/// A slice with y upwards, framed, and its colours from the smallest to the largest value on the right; or a line.
/// \param size pixels of the longer side of the picture, without frame and colours
Image image_of(const Slice& slice, const ValueRange& range, std::size_t size);

/// Writes a PNG, in place of what has that name. \throws Error storage; invalid_argument in a build without libpng
void write_png(const std::string& path, const Image& image);

}  // namespace tessera::tools
