#pragma once

#include <Kokkos_Core.hpp>

#include <memory>
#include <string>

#include <tessera/array.hpp>

/// \file
/// Kokkos views as arrays; the only header of the library that includes Kokkos.

namespace tessera {

namespace detail {

/// A host copy of a view that the host may not be able to access, kept alive by the result.
/// A view with gaps is first gathered in its own space: copies between spaces need contiguous memory.
template <class View>
std::shared_ptr<const typename View::non_const_value_type> host_copy_of(const View& view) {
  using Gathered = Kokkos::View<typename View::non_const_data_type, Kokkos::LayoutRight, typename View::device_type>;
  const auto keep = [](auto mirror) -> std::shared_ptr<const typename View::non_const_value_type> {
    auto owner = std::make_shared<decltype(mirror)>(mirror);
    return {owner, owner->data()};
  };
  if (view.span_is_contiguous()) {
    auto mirror = Kokkos::create_mirror(view);
    Kokkos::deep_copy(mirror, view);
    return keep(mirror);
  }
  typename Gathered::array_layout layout;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(View::rank); ++axis) {
    layout.dimension[axis] = view.extent(axis);
  }
  Gathered gathered(Kokkos::view_alloc(Kokkos::WithoutInitializing, "Tessera::gathered"), layout);
  Kokkos::deep_copy(gathered, view);
  auto mirror = Kokkos::create_mirror(gathered);
  Kokkos::deep_copy(mirror, gathered);
  return keep(mirror);
}

}  // namespace detail

/// A view of rank 1 to 5 in any memory space with LayoutLeft, LayoutRight or LayoutStride: `view(k, j, i)` is the value
/// at index (k, j, i) of box plus halo, whatever the layout. A trailing axis holds the components where the field has
/// several.
///
/// The view is reference-counted until the step is over. A view that the host cannot access is mirrored at commit, one
/// at a time. Kokkos has to be initialised.
template <class Data, class... Properties>
struct ArrayTraits<Kokkos::View<Data, Properties...>> {
  using View = Kokkos::View<Data, Properties...>;            ///< the view's type
  using value_type = typename View::non_const_value_type;    ///< element type

  /// The view's memory, extents and strides.
  static ArrayRef<value_type> view(const View& view) {
    static_assert(View::rank >= 1 && View::rank <= 5, "a view of rank 1 to 5");
    if (!Kokkos::is_initialized()) {
      return ArrayRef<value_type>::defective(
          "Kokkos is not initialised (or already finalised), but a view was put; call Kokkos::initialize first");
    }
    constexpr bool host_access =
        Kokkos::SpaceAccessibility<Kokkos::HostSpace, typename View::memory_space>::accessible;
    if constexpr (host_access) {
      return strided(view).with_owner(std::make_shared<View>(view));
    } else {
      // What detail::host_copy_of returns has the view's strides when it is contiguous, else C order.
      ArrayRef<value_type> described = strided(view);
      if (!view.span_is_contiguous()) described = ArrayRef<value_type>(view.data(), described.extents());
      return described.with_host_copy([view] { return detail::host_copy_of(view); });
    }
  }

 private:
  static ArrayRef<value_type> strided(const View& view) {
    Index extents;
    Index strides;
    std::size_t stride[9] = {};
    view.stride(stride);
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(View::rank); ++axis) {
      extents.push_back(static_cast<std::int64_t>(view.extent(axis)));
      strides.push_back(static_cast<std::int64_t>(stride[axis]));
    }
    return {view.data(), extents, strides};
  }
};

}  // namespace tessera
