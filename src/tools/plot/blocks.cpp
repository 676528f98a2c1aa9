#include "tools/plot/blocks.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "tools/common/number.hpp"
#include "tools/common/table.hpp"
#include "tools/plot/colours.hpp"
#include "tools/plot/raster.hpp"

namespace tessera::tools {

namespace {

constexpr std::string_view ramp = " .:-=+*#%@";
constexpr std::string_view reset = "\x1b[0m";

/// The six steps of the colour cube that terminals with 256 colours have.
int cube_step(std::uint8_t level) { return level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40; }

std::string code(const Colour& colour, bool is_background, Colours colours) {
  std::string text = is_background ? "\x1b[48;" : "\x1b[38;";
  if (colours == Colours::true_colour) {
    return text + "2;" + std::to_string(colour.red) + ";" + std::to_string(colour.green) + ";" +
           std::to_string(colour.blue) + "m";
  }
  const int number = 16 + 36 * cube_step(colour.red) + 6 * cube_step(colour.green) + cube_step(colour.blue);
  return text + "5;" + std::to_string(number) + "m";
}

std::string coloured(const Raster& raster, const ValueRange& range, const Terminal& terminal) {
  std::string text;
  for (std::size_t row = 0; row + 1 < raster.rows; row += 2) {
    for (std::size_t column = 0; column < raster.columns; ++column) {
      const Colour upper = colour_of(range, raster.at(column, row));
      const Colour lower = colour_of(range, raster.at(column, row + 1));
      text += code(upper, false, terminal.colours) + code(lower, true, terminal.colours) + "\u2580";
    }
    text += std::string(reset) + "\n";
  }
  return text;
}

char letter_of(const ValueRange& range, double value) {
  if (!std::isfinite(value)) return '?';
  const double place = place_in(range, value) * static_cast<double>(ramp.size());
  return ramp[std::min(static_cast<std::size_t>(place), ramp.size() - 1)];
}

std::string plain(const Raster& raster, const ValueRange& range) {
  std::string text;
  for (std::size_t row = 0; row < raster.rows; ++row) {
    text += "|";
    for (std::size_t column = 0; column < raster.columns; ++column) text += letter_of(range, raster.at(column, row));
    text += "|\n";
  }
  return text;
}

std::string axis_text(const PlotAxis& axis, const char* direction) {
  const std::string unit = axis.unit.empty() ? "" : " " + printable(axis.unit);
  return printable(axis.name) + " " + rounded(axis.places.front()) + " to " + rounded(axis.places.back()) + unit + " " +
         direction;
}

std::string bar(const ValueRange& range, const Terminal& terminal) {
  constexpr int width = 30;
  std::string text = rounded(range.least) + " ";
  if (terminal.colours == Colours::none) return text + "[" + std::string(ramp) + "] " + rounded(range.most) + "\n";
  for (int i = 0; i < width; ++i) text += code(viridis(i / (width - 1.0)), true, terminal.colours) + " ";
  return text + std::string(reset) + " " + rounded(range.most) + "\n";
}

std::string drawn_line(const Slice& slice, const ValueRange& range, const Terminal& terminal) {
  const auto columns = static_cast<std::size_t>(std::clamp(terminal.columns - 16, 10, 120));
  const auto rows = static_cast<std::size_t>(std::clamp(terminal.rows - 6, 6, 20));
  const std::vector<int> line = rows_of_line(slice, range, columns, rows);
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string label = row == 0 ? rounded(range.most) : row + 1 == rows ? rounded(range.least) : "";
    label.insert(0, 12 - std::min<std::size_t>(label.size(), 12), ' ');
    std::string stars;
    for (const int place : line) stars += place == static_cast<int>(row) ? '*' : ' ';
    text += label + " |" + stars.substr(0, stars.find_last_not_of(' ') + 1) + "\n";
  }
  return text + std::string(13, ' ') + "+" + std::string(columns, '-') + "\n" + std::string(14, ' ') +
         axis_text(slice.across, "to the right") + "\n";
}

}  // namespace

std::string blocks_text(const Slice& slice, const ValueRange& range, const Terminal& terminal) {
  if (!slice.up) return slice.caption + "\n" + drawn_line(slice, range, terminal);
  const bool in_colours = terminal.colours != Colours::none && terminal.is_utf8;
  // A character is about twice as high as wide.
  const double most_rows = std::max(terminal.rows - 5, 4);
  double columns = std::clamp(terminal.columns - 2, 8, 160);
  double rows = columns * aspect_of(slice) / 2;
  if (rows > most_rows) {
    columns = std::max(columns * most_rows / rows, 2.0);
    rows = most_rows;
  }
  const auto width = static_cast<std::size_t>(std::lround(columns));
  const auto height = static_cast<std::size_t>(std::max(std::lround(rows), 1L));
  const std::string picture = in_colours ? coloured(raster_of(slice, width, 2 * height), range, terminal)
                                         : plain(raster_of(slice, width, height), range);
  return slice.caption + "\n" + picture + axis_text(slice.across, "to the right") + ", " +
         axis_text(*slice.up, "upwards") + "\n" + bar(range, in_colours ? terminal : Terminal{});
}

}  // namespace tessera::tools
