#pragma once

#include <tessera/kokkos.hpp>

#include "support/views.hpp"

/// \file
/// Views in the memory of the default execution space, which may be a device.

namespace tessera_test {

using DeviceSpace = Kokkos::DefaultExecutionSpace;

/// A view whose values `fill(host view)` sets; the others are rubbish.
template <class View, class Fill>
View filled_on_device(const tessera::Index& extents, Fill&& fill) {
  const View view = make_view<View>(extents);
  const auto host = Kokkos::create_mirror_view(view);
  Kokkos::deep_copy(host, static_cast<typename View::value_type>(77));
  fill(host);
  Kokkos::deep_copy(view, host);
  return view;
}

/// Sets all values through the host: a copy of bytes.
template <class View>
void set_all(const View& view, typename View::value_type value) {
  const auto host = Kokkos::create_mirror_view(view);
  Kokkos::deep_copy(host, value);
  Kokkos::deep_copy(view, host);
}

/// The view as one that the host cannot access, wherever it lies.
template <class View>
auto seen_on_device(const View& view) {
  return tessera::detail::on_device(view, tessera::ArrayTraits<View>::view(view));
}

}  // namespace tessera_test
