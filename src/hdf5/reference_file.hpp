#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <tessera/types.hpp>

#include "schema/operation.hpp"

namespace tessera::hdf5 {

/// An HDF5 file that shows datasets of another one: names and shapes, and no values but what a reader needs besides.
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
  /// Parts of datasets of the other file, or of this one, put together (a virtual dataset); what no part has is 0.
  struct Mosaic {
    struct Tile {
      std::string target;  ///< in the other file, or in this one
      Index target_shape;
      Index from;           ///< where in the target the part begins
      Index count;          ///< of its elements along each axis of the target
      Index at;             ///< where it begins in this dataset
      Index shape;          ///< along each axis of this dataset; as many elements, in the same order
      bool of_own = false;  ///< the target is a dataset of this file
    };
    std::string path;
    DataType type = DataType::float64;
    Index shape;
    std::vector<Tile> tiles;
  };
  /// Integers of a dataset that is among `own`, which are too many to be there themselves.
  struct Stream {
    using Write = std::function<void(std::span<const std::int64_t> piece)>;
    std::string path;
    std::function<void(const Write& write)> produce;  ///< writes all of them, a piece behind the other
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
  std::vector<Mosaic> mosaics;
  std::vector<Stream> streams;
  std::vector<Alias> aliases;
};

/// Its bytes; equal ones for equal files. Groups of links, views, mosaics and aliases are among `own`. \throws Error
/// hdf5; what streams throw
std::vector<std::byte> file_image(const ReferenceFile& file);

}  // namespace tessera::hdf5
