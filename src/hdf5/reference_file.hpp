#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <tessera/types.hpp>

#include "schema/operation.hpp"

namespace tessera::hdf5 {

/// An HDF5 file that shows datasets of another one: names and shapes, no value.
struct ReferenceFile {
  /// A dataset of the other file under another name (an external link).
  struct Link {
    std::string path;
    std::string target;  ///< in the other file
  };
  /// The first elements of a dataset of the other file along each of its axes, in another shape (a virtual dataset).
  struct View {
    std::string path;
    DataType type = DataType::float64;
    Index shape;
    std::string target;  ///< in the other file
    Index target_shape;
    Index count;  ///< of elements along each axis of the target; as many as `shape` has, in the same order
  };
  /// Datasets of the other file with one axis of `rows` elements, as the columns of one (a virtual dataset); columns
  /// behind the last of them are 0.
  struct Columns {
    std::string path;
    DataType type = DataType::float64;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::vector<std::string> targets;  ///< in the other file
  };
  /// A dataset of this file under a second name.
  struct Alias {
    std::string path;
    std::string target;
  };

  std::string other;  ///< the other file, as a path from the directory of this one
  schema::Operations own;
  std::vector<Link> links;
  std::vector<View> views;
  std::vector<Columns> columns;
  std::vector<Alias> aliases;
};

/// Its bytes; equal ones for equal files. Groups of links, views, columns and aliases are among `own`. \throws Error
/// hdf5
std::vector<std::byte> file_image(const ReferenceFile& file);

}  // namespace tessera::hdf5
