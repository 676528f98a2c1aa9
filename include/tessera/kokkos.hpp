#pragma once

#include <tessera/requirements.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <tessera/array.hpp>
#include <tessera/parallel_for.hpp>

/// \file
/// Kokkos views as arrays; the only header of the library that includes Kokkos, of which the compiled part knows
/// nothing. <tessera/tessera.hpp> includes this one where the program has Kokkos' headers and does not define
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

/// Kokkos::DynRankView: it knows its rank at run time alone.
template <class V>
concept DynRankViewLike = !OffsetViewLike<V> && requires(const V& view) {
  typename V::memory_space;
  typename V::non_const_value_type;
  { view.rank() } -> std::integral;
  view.ConstDownCast();
};

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
  using View = Kokkos::View<Data, Properties...>;          ///< the view's type
  using value_type = typename View::non_const_value_type;  ///< element type

  /// The view's memory, extents and strides.
  static ArrayRef<value_type> view(const View& view) {
    using Layout = typename View::array_layout;
    static_assert(View::rank >= 1 && View::rank <= 5, "a view of rank 1 to 5");
    static_assert(std::is_same_v<Layout, Kokkos::LayoutLeft> || std::is_same_v<Layout, Kokkos::LayoutRight> ||
                      std::is_same_v<Layout, Kokkos::LayoutStride>,
                  "a view whose layout has no strides cannot be put: deep_copy it into one with LayoutRight");
    if (std::string defect = detail::kokkos_defect(); !defect.empty()) {
      return ArrayRef<value_type>::defective(std::move(defect));
    }
    if constexpr (detail::host_can_access<typename View::memory_space>) {
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
      extents.push_back(view.extent(axis));
      strides.push_back(stride[axis]);
    }
    return {view.data(), extents, strides};
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

/// An OffsetView as its view(): where its indices begin is not looked at, the box says where it goes.
template <detail::OffsetViewLike Offset>
struct ArrayTraits<Offset> {
  using value_type = typename Offset::non_const_value_type;  ///< element type
  /// The memory.
  static ArrayRef<value_type> view(const Offset& offset) {
    return ArrayTraits<std::remove_cvref_t<decltype(offset.view())>>::view(offset.view());
  }
};

/// A DynRankView of rank 1 to 5.
template <detail::DynRankViewLike Dynamic>
struct ArrayTraits<Dynamic> {
  using value_type = typename Dynamic::non_const_value_type;  ///< element type
  /// The memory, extents and strides.
  static ArrayRef<value_type> view(const Dynamic& dynamic) {
    static_assert(detail::host_can_access<typename Dynamic::memory_space>,
                  "a DynRankView that the host cannot access: put a Kokkos::View of its memory, for example "
                  "Kokkos::subview(view.DownCast(), Kokkos::ALL, Kokkos::ALL, Kokkos::ALL, 0, 0, 0, 0)");
    if (std::string defect = detail::kokkos_defect(); !defect.empty()) {
      return ArrayRef<value_type>::defective(std::move(defect));
    }
    Index extents;
    Index strides;
    std::size_t stride[9] = {};
    dynamic.ConstDownCast().stride(stride);
    for (std::size_t axis = 0; axis < dynamic.rank() && axis < Index::capacity; ++axis) {
      extents.push_back(dynamic.extent(axis));
      strides.push_back(stride[axis]);
    }
    return ArrayRef<value_type>(dynamic.data(), extents, strides).with_owner(std::make_shared<Dynamic>(dynamic));
  }
};

}  // namespace tessera
