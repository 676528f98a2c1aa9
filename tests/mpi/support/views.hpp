#pragma once

#include <Kokkos_Core.hpp>

#include <cstdint>

#include <tessera/types.hpp>

/// \file
/// Kokkos views of a rank that is a template parameter, with indices and extents that are known at run time.

namespace tessera_test {

/// `view(i, j, ...)`, on the host.
template <class View>
auto& at(const View& view, const tessera::Index& i) {
  const auto n = [&](std::size_t axis) { return static_cast<std::size_t>(i[axis]); };
  if constexpr (View::rank == 1) return view(n(0));
  else if constexpr (View::rank == 2) return view(n(0), n(1));
  else if constexpr (View::rank == 3) return view(n(0), n(1), n(2));
  else if constexpr (View::rank == 4) return view(n(0), n(1), n(2), n(3));
  else if constexpr (View::rank == 5) return view(n(0), n(1), n(2), n(3), n(4));
  else return view(n(0), n(1), n(2), n(3), n(4), n(5));
}

template <class View>
View make_view(const tessera::Index& extents) {
  typename View::array_layout layout;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    layout.dimension[axis] = static_cast<std::size_t>(extents[axis]);
  }
  return View("view", layout);
}

/// The part of a larger view that has these extents and begins at 1 on every axis: a LayoutStride view with gaps.
template <class View>
auto inner(const View& larger, const tessera::Index& extents) {
  const auto range = [&](std::size_t axis) { return Kokkos::make_pair(std::int64_t{1}, extents[axis] + 1); };
  if constexpr (View::rank == 1) return Kokkos::subview(larger, range(0));
  else if constexpr (View::rank == 2) return Kokkos::subview(larger, range(0), range(1));
  else if constexpr (View::rank == 3) return Kokkos::subview(larger, range(0), range(1), range(2));
  else if constexpr (View::rank == 4) return Kokkos::subview(larger, range(0), range(1), range(2), range(3));
  else return Kokkos::subview(larger, range(0), range(1), range(2), range(3), range(4));
}

inline tessera::Index grown(tessera::Index extents, std::int64_t by) {
  for (std::int64_t& extent : extents) extent += by;
  return extents;
}

}  // namespace tessera_test
