#pragma once

#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

#include <tessera/array.hpp>
#include <tessera/box.hpp>

#include "support/for_each_index.hpp"
#include "support/formula.hpp"

namespace tessera_test {

/// How a test lays out a box in memory.
struct Memory {
  tessera::Halo halo = {};
  /// Axes of the array from the slowest to the fastest in memory; empty: C order. {2, 1, 0} is Fortran's.
  std::vector<std::size_t> order = {};
  /// Unused elements behind each axis: strides are larger than the extents ask for.
  std::int64_t padding = 0;
};

inline tessera::Index halo_widths(const tessera::Index& widths, std::size_t axes) {
  if (widths.size() == axes) return widths;
  return tessera::Index::filled(axes, widths.empty() ? 0 : widths[0]);
}

/// Extents of the array: box plus halo, then components where there are several.
inline tessera::Index array_extents(const tessera::Box& box, const Memory& memory, std::int64_t components) {
  tessera::Index extents = box.extents();
  const tessera::Index low = halo_widths(memory.halo.low, extents.size());
  const tessera::Index high = halo_widths(memory.halo.high, extents.size());
  for (std::size_t axis = 0; axis < box.rank(); ++axis) extents[axis] += low[axis] + high[axis];
  if (components > 1) extents.push_back(components);
  return extents;
}

inline tessera::Index array_strides(const tessera::Index& extents, const Memory& memory) {
  std::vector<std::size_t> order = memory.order;
  if (order.empty()) {
    order.resize(extents.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
  }
  tessera::Index strides = extents;
  std::int64_t stride = 1 + (memory.padding > 0 ? 1 : 0);
  for (std::size_t i = order.size(); i-- > 0;) {
    strides[order[i]] = stride;
    stride *= extents[order[i]] + memory.padding;
  }
  return strides;
}

/// Elements from the first to behind the last.
inline std::size_t span_of(const tessera::Index& extents, const tessera::Index& strides) {
  std::int64_t last = 0;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (extents[axis] == 0) return 0;
    last += (extents[axis] - 1) * strides[axis];
  }
  return static_cast<std::size_t>(last) + 1;
}

/// Calls `visit(array index, cell in the field, component)` for the owned cells, halo left out.
template <class Visit>
void for_each_owned(const tessera::Box& box, const Memory& memory, std::int64_t components, Visit&& visit) {
  const tessera::Index low = halo_widths(memory.halo.low, box.rank());
  for_each_index(box.extents(), [&](const tessera::Index& offset) {
    tessera::Index cell = offset;
    tessera::Index place = offset;
    for (std::size_t axis = 0; axis < box.rank(); ++axis) {
      cell[axis] += box.lower[axis];
      place[axis] += low[axis];
    }
    if (components > 1) place.push_back(0);
    for (std::int64_t component = 0; component < components; ++component) {
      if (components > 1) place[box.rank()] = component;
      visit(static_cast<const tessera::Index&>(place), static_cast<const tessera::Index&>(cell), component);
    }
  });
}

/// Memory of one box with the formula's values in the owned cells and rubbish in halo and padding; owned by the result.
template <class T>
tessera::ArrayRef<T> filled_array(const tessera::Box& box, const Memory& memory, std::int64_t components,
                                  std::uint64_t seed, std::int64_t step) {
  const tessera::Index extents = array_extents(box, memory, components);
  const tessera::Index strides = array_strides(extents, memory);
  auto storage = std::make_shared<std::vector<T>>(span_of(extents, strides) + 1);
  std::memset(storage->data(), 0x7b, storage->size() * sizeof(T));
  for_each_owned(box, memory, components, [&](const tessera::Index& place, const tessera::Index& cell, std::int64_t c) {
    std::int64_t at = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis) at += place[axis] * strides[axis];
    (*storage)[static_cast<std::size_t>(at)] = value_at<T>(seed, step, cell, c);
  });
  return tessera::array<T>(storage->data(), extents, strides).with_halo(memory.halo).with_owner(storage);
}

}  // namespace tessera_test
