#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/box.hpp>

#include "hdf5/input_file.hpp"
#include "schema/contents.hpp"
#include "tools/common/selection.hpp"

namespace tessera::tools {

/// What of a field is to be shown.
struct Shown {
  const schema::StoredRun* run = nullptr;
  const schema::StoredField* field = nullptr;
  std::vector<std::int64_t> steps;  ///< of a field without time: 0
  Box box;
  std::vector<std::vector<double>> coordinates;  ///< along each axis of the box

  /// Axes along which the box has more than one cell.
  std::vector<std::size_t> long_axes() const;
  double time(std::int64_t step) const { return run->times[static_cast<std::size_t>(step)]; }
  /// Where one of `steps` is along the dataset's first axis.
  std::int64_t place(std::int64_t step) const {
    return field->field.time_dependent ? run->place_of(field->field.time_axis, step).value_or(-1) : step;
  }
};

/// Without a step: of a single point all steps, else the last one.
Shown chosen(hdf5::InputFile& file, const schema::StoredRun& run, const schema::StoredField& field,
             const Selection& selection);

/// Tables for people: six digits; long axes are shortened ("...") unless `full`.
void print_text(hdf5::InputFile& file, const Shown& shown, bool full);

/// One line for each cell: step, time, coordinates (or numbers, where `by_number`) in the dataset's order, then the
/// components. Numbers are exact.
void print_csv(hdf5::InputFile& file, const Shown& shown, bool by_number);

/// One object: what is shown, and the values as nested lists (steps, axes, components).
void print_json(hdf5::InputFile& file, const std::string& path, const Shown& shown);

}  // namespace tessera::tools
