#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hdf5/input_file.hpp"
#include "schema/contents.hpp"
#include "tools/common/selection.hpp"

namespace tessera::tools {

/// One axis of a picture.
struct PlotAxis {
  std::string name;
  std::string unit;
  std::vector<double> places;  ///< coordinates, or times
};

/// Values along one or two axes.
struct Slice {
  std::string caption;         ///< field, unit, step, where it was cut
  PlotAxis across;             ///< to the right
  std::optional<PlotAxis> up;  ///< nothing: values along a line
  std::vector<double> values;  ///< one row after the other, the lowest first

  std::size_t width() const noexcept { return across.places.size(); }
  std::size_t height() const noexcept { return up ? up->places.size() : 1; }
  double at(std::size_t column, std::size_t row) const noexcept { return values[row * width() + column]; }
};

/// Smallest and largest of the finite values; nothing without any.
struct ValueRange {
  double least = 0;
  double most = 1;
};
std::optional<ValueRange> range_of(const std::vector<double>& values);

/// Cuts a field: the fastest two axes along which more than one cell is chosen, in the middle of the others that are
/// not spoken of. A single point is a line over time.
/// \param component of vectors; nothing: their length
/// \throws Error as `select` does
Slice cut(hdf5::InputFile& file, const schema::StoredRun& run, const schema::StoredField& field,
          const Selection& selection, std::optional<std::int64_t> component);

/// A scalar over time.
Slice series(const schema::StoredRun& run, const schema::StoredScalar& scalar);

}  // namespace tessera::tools
