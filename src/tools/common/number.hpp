#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/filters.hpp"
#include "schema/contents.hpp"

namespace tessera::tools {

/// With so many significant digits at most, without zeros behind: "0.333333", "1e+20".
std::string rounded(double value, int digits = 6);

/// "3 x 16 x 32"; empty for none.
std::string extents_text(const Index& extents);

/// The name of a grid axis; "axis_0" where it has none.
std::string axis_label(const schema::Field& field, std::size_t axis);
/// The name of a component, else its number; of tensors those on both axes, "x,y".
std::string component_label(const schema::Field& field, std::int64_t component);

/// Names and extents of a dataset's axes, in its order: time, those of the grid, components.
struct DatasetAxis {
  std::string name;
  std::int64_t length = 0;
};
std::vector<DatasetAxis> axes_of(const schema::StoredField& field);

/// "shuffle, deflate 4"; filters that HDF5 itself does not have by their registered numbers.
std::string filters_text(const std::vector<Filter>& filters);

}  // namespace tessera::tools
