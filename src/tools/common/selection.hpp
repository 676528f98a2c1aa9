#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/box.hpp>

#include "hdf5/input_file.hpp"
#include "schema/contents.hpp"

namespace tessera::tools {

/// What of a field the command line asks for; empty texts ask for nothing in particular.
struct Selection {
  std::string step;  ///< "3", "-1" (the last one), "2:5" (without 5), ":"
  std::string time;  ///< "0.5": the step nearest to it; "0:1": all steps from 0 to 1, both included
  std::string box;   ///< by number: "z=3,y=0:10"; without names in the dataset's order
  std::string at;    ///< by coordinate: "x=0.5,z=2"; without names in the order x, y, z
};

/// Steps of a run, those that a field on this time axis has. \param otherwise what is chosen of them where nothing is
/// asked for \throws Error out_of_bounds, invalid_argument, with what there is
std::vector<std::int64_t> chosen_steps(const schema::StoredRun& run, const std::string& time_axis,
                                       const Selection& selection, const std::string& otherwise);

/// A part of one axis: "3", "-1", "2:5", ":"; numbers below 0 count from the end.
/// \throws Error out_of_bounds, invalid_argument \param what the axis, for messages
struct Span {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
};
Span span_of(const std::string& text, std::int64_t length, const std::string& what);

/// The coordinates of an axis from `lower` to before `upper`, as the file has them; numbers of the points where it has
/// none.
std::vector<double> coordinates(hdf5::InputFile& file, const schema::StoredRun& run, const schema::Axis& axis,
                                Span span);

/// The cells of a field: all along the axes that are not spoken of. \throws Error as above
Box chosen_box(hdf5::InputFile& file, const schema::StoredRun& run, const schema::Field& field,
               const Selection& selection);

}  // namespace tessera::tools
