#pragma once

#include <tessera/requirements.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <tessera/array.hpp>
#include <tessera/kokkos_device.hpp>
#include <tessera/parallel_for.hpp>

/// \file
/// Kokkos views as arrays. Only the headers <tessera/kokkos*.hpp> include Kokkos; the compiled library is independent
/// of it. <tessera/tessera.hpp> includes this one where the program has Kokkos' headers and does not define
/// TESSERA_NO_KOKKOS.

namespace tessera {

namespace detail {

/// A named functor rather than a lambda: compilers of device code treat it as plain host code.
struct ParallelWork {
  void (*work)(const void*, std::int64_t);
  const void* context;
  void operator()(std::int64_t n) const { work(context, n); }
};

/// ParallelFor as a kernel of the default host execution space.
inline bool kokkos_parallel_for(std::int64_t count, void (*work)(const void*, std::int64_t), const void* context) {
  if (!Kokkos::is_initialized()) return false;
  using Space = Kokkos::DefaultHostExecutionSpace;
  const Space space;
  Kokkos::parallel_for("Tessera::pack", Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(space, 0, count),
                       ParallelWork{work, context});
  space.fence();
  return true;
}

/// Kokkos as it has to be before a view is looked at; else the reason why it cannot be put.
inline std::string kokkos_defect() {
  if (Kokkos::is_initialized()) {
    use_parallel_for(&kokkos_parallel_for);
    return {};
  }
  return "Kokkos is not initialised (or already finalised), but a view was put; call Kokkos::initialize first";
}

template <class Memory>
inline constexpr bool host_can_access = Kokkos::SpaceAccessibility<Kokkos::HostSpace, Memory>::accessible;

/// Kokkos::DualView, of any version, without its header.
template <class V>
concept DualViewLike = requires(const V& view) {
  typename V::t_dev;
  typename V::t_host;
  { view.need_sync_host() } -> std::same_as<bool>;
  view.view_host();
  view.view_device();
};

/// Kokkos::Experimental::OffsetView.
template <class V>
concept OffsetViewLike = requires(const V& view) {
  typename V::begins_type;
  view.view();
};

/// Kokkos::DynRankView, whose rank is known at run time only.
template <class V>
concept DynRankViewLike = !OffsetViewLike<V> && requires(const V& view) {
  typename V::memory_space;
  typename V::non_const_value_type;
  { view.rank() } -> std::integral;
  view.ConstDownCast();
};

/// The memory, extents and strides of a view, whether its rank is known at compile time or not.
template <class View, class Strided>
auto strided(const View& view, const Strided& with_strides, std::size_t rank) {
  Index extents;
  Index strides;
  std::size_t stride[9] = {};
  with_strides.stride(stride);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    extents.push_back(view.extent(axis));
    strides.push_back(stride[axis]);
  }
  return ArrayRef<typename View::non_const_value_type>(view.data(), extents, strides);
}

/// An array of a view's memory that is reached through the device.
template <class View>
auto on_device(const View& view, const ArrayRef<typename View::non_const_value_type>& array) {
  using Memory = ViewMemory<typename View::value_type, typename View::device_type>;
  return array.with_device(std::make_shared<Memory>(view.data(), array.strides(), std::make_shared<View>(view)));
}

/// An array of a view in any memory space.
template <class View>
auto any_space(const View& view, const ArrayRef<typename View::non_const_value_type>& array) {
  if constexpr (host_can_access<typename View::memory_space>) {
    return array.with_owner(std::make_shared<View>(view));
  } else if constexpr (is_element_v<typename View::non_const_value_type>) {
    return on_device(view, array);
  } else {
    using Array = ArrayRef<typename View::non_const_value_type>;  // of other types it is refused elsewhere
    return Array::defective("truth values and complex numbers are not taken from a device: deep_copy them to the host");
  }
}

}  // namespace detail

/// A view of rank 1 to 6 in any memory space with LayoutLeft, LayoutRight or LayoutStride: `view(k, j, i)` is the value
/// at index (k, j, i) of box plus halo, whatever the layout. A trailing axis holds the components where the field has
/// several, of tensors perhaps two.
///
/// The view is reference-counted until the step is over, or read. Where the host cannot access it, it comes to the host
/// when the step is committed, one field after the other: a kernel of the view's execution space leaves the halo out,
/// brings the rest into C order and converts it, 32 MiB at a time; then it is copied to pinned memory, where this
/// Kokkos has such (4.0 and newer). Kokkos has to be initialised.
template <class Data, class... Properties>
struct ArrayTraits<Kokkos::View<Data, Properties...>> {
  using View = Kokkos::View<Data, Properties...>;          ///< the view's type
  using value_type = typename View::non_const_value_type;  ///< element type

  /// The view's memory, extents and strides.
  static ArrayRef<value_type> view(const View& view) {
    using Layout = typename View::array_layout;
    static_assert(View::rank >= 1 && View::rank <= 6, "a view of rank 1 to 6");
    static_assert(std::is_same_v<Layout, Kokkos::LayoutLeft> || std::is_same_v<Layout, Kokkos::LayoutRight> ||
                      std::is_same_v<Layout, Kokkos::LayoutStride>,
                  "a view whose layout has no strides cannot be put: deep_copy it into one with LayoutRight");
    if (std::string defect = detail::kokkos_defect(); !defect.empty()) {
      return ArrayRef<value_type>::defective(std::move(defect));
    }
    return detail::any_space(view, detail::strided(view, view, static_cast<std::size_t>(View::rank)));
  }
};

/// A DualView: the side that was modified last, as its flags say at the put; where neither was, the host's.
template <detail::DualViewLike Dual>
struct ArrayTraits<Dual> {
  using value_type = typename Dual::t_dev::non_const_value_type;  ///< element type
  /// The memory of one side.
  static ArrayRef<value_type> view(const Dual& dual) {
    using Host = std::remove_cvref_t<decltype(dual.view_host())>;
    using Device = std::remove_cvref_t<decltype(dual.view_device())>;
    if (dual.need_sync_host()) return ArrayTraits<Device>::view(dual.view_device());
    return ArrayTraits<Host>::view(dual.view_host());
  }
};

/// An OffsetView as its view(): its index offsets are ignored; the box says where it goes.
template <detail::OffsetViewLike Offset>
struct ArrayTraits<Offset> {
  using value_type = typename Offset::non_const_value_type;  ///< element type
  /// The memory.
  static ArrayRef<value_type> view(const Offset& offset) {
    return ArrayTraits<std::remove_cvref_t<decltype(offset.view())>>::view(offset.view());
  }
};

/// A DynRankView of rank 1 to 6.
template <detail::DynRankViewLike Dynamic>
struct ArrayTraits<Dynamic> {
  using value_type = typename Dynamic::non_const_value_type;  ///< element type
  /// The memory, extents and strides.
  static ArrayRef<value_type> view(const Dynamic& dynamic) {
    if (std::string defect = detail::kokkos_defect(); !defect.empty()) {
      return ArrayRef<value_type>::defective(std::move(defect));
    }
    const std::size_t rank = std::min<std::size_t>(dynamic.rank(), Index::capacity);
    return detail::any_space(dynamic, detail::strided(dynamic, dynamic.ConstDownCast(), rank));
  }
};

}  // namespace tessera
