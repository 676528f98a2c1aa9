#pragma once

#include <tessera/types.hpp>

namespace tessera_test {

/// Calls `visit` with every index from 0 to `extents`, last axis fastest.
template <class Visit>
void for_each_index(const tessera::Index& extents, Visit&& visit) {
  for (const std::int64_t extent : extents) {
    if (extent < 1) return;
  }
  tessera::Index index = tessera::Index::filled(extents.size(), 0);
  while (true) {
    visit(static_cast<const tessera::Index&>(index));
    std::size_t axis = extents.size();
    while (axis > 0 && ++index[axis - 1] == extents[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

}  // namespace tessera_test
