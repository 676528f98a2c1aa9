#pragma once

#include <vector>

#include <tessera/box.hpp>

namespace tessera::grid {

/// A part of a box that may go round: the cells of the field, and where they are in the box.
struct WrappedPart {
  Box cells;    ///< of the field
  Index shift;  ///< of their first one against the box's, in cells
};

/// Cuts a box into parts that lie inside a field of this shape. On the axes that are not in `periodic` it does.
/// Example: [-1:3] of 10 cells is [9:10], and [0:3] with a shift of 1.
std::vector<WrappedPart> wrapped_parts(const Box& box, const Index& shape, const Index& periodic);

}  // namespace tessera::grid
