#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/box.hpp>

#include "schema/contents.hpp"

/// \file
/// Where a field's values lie that a file shows of its segments: virtual datasets as join_segments makes them.

namespace tessera::hdf5 {

/// Values of a field that lie in a dataset of another file: a box of that one is a box of the field.
struct FieldPart {
  std::string file;              ///< as it is stored: from the directory of the file with the field
  std::string dataset;           ///< in that file
  std::int64_t first_step = 0;   ///< of a time-dependent field: the place on its time axis
  std::int64_t steps = 0;        ///< so many
  std::int64_t source_step = 0;  ///< the place of the first of them in the other dataset
  Box cells;                     ///< of the field
  Index source;                  ///< where these begin in the other dataset
};
using FieldParts = std::vector<FieldPart>;

/// Of a dataset whose values all lie in such parts; else none. \throws Error hdf5
FieldParts field_parts(hid_t dataset, const schema::Field& field);

/// Where HDF5 finds the file: beside the one with the virtual dataset, or else from the working directory.
std::string segment_path(const std::string& owner, const std::string& file);

/// \{ As bytes that another rank makes the same of: of this process' own architecture.
std::string to_bytes(const std::vector<FieldParts>& parts);
/// \throws Error internal where the bytes are not those of to_bytes
std::vector<FieldParts> field_parts_of(std::string_view bytes);
/// \}

}  // namespace tessera::hdf5
