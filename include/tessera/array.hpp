#pragma once

#include <tessera/requirements.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/array_ref.hpp>
#include <tessera/containers.hpp>

/// \file
/// What a rank hands over as one box of a field: a pointer, a container or a view, perhaps with ghost layers.

namespace tessera {

/// A plain pointer with C-order extents, halo included. Example: `array(p, {nz + 2, ny + 2, nx + 2})`.
template <class T>
ArrayRef<T> array(const T* data, const Index& extents) {
  return {data, extents};
}
/// A plain pointer with extents and strides, both in elements.
template <class T>
ArrayRef<T> array(const T* data, const Index& extents, const Index& strides) {
  return {data, extents, strides};
}

/// Says how many ghost layers an array or view has; see Halo.
template <class Source>
auto with_halo(Source&& source, const Halo& halo) {
  return detail::seen(std::forward<Source>(source)).with_halo(halo);
}
/// The same number of ghost layers on both sides of every axis. A trailing component axis has none.
template <class Source>
auto with_halo(Source&& source, std::int64_t width) {
  return with_halo(std::forward<Source>(source), Halo{Index::filled(1, width), Index::filled(1, width)});
}
/// The same number of ghost layers on both sides, given per axis: an Index, an array, a range of integers.
template <class Source, class Widths>
  requires(detail::IndexRange<Widths> || detail::IndexArray<Widths>)
auto with_halo(Source&& source, const Widths& widths) {
  return with_halo(std::forward<Source>(source), Halo{widths, widths});
}
/// A number of layers is an integer.
template <class Source, std::floating_point Width>
void with_halo(Source&& source, Width width) = delete;

/// Makes Step::put copy the owned cells of an array or view, so that its memory can be reused at once: one scratch
/// buffer for several derived fields of a step. Combines with with_halo(), in any order.
///
/// The copy is released when the step is committed or dropped. Where Options::memory_budget is given, the copies of a
/// step on a rank may have as many bytes; a put beyond it is an error, which commit() throws on all ranks. Like
/// every put this is local; on a device the copy is made by the host, which waits for it.
template <class Source>
auto copied(Source&& source) {
  return detail::seen(std::forward<Source>(source)).as_copy();
}

/// Separate arrays u, v, w as one array of vectors: `step.put(velocity, box, components(u, v, w))`. As many as the
/// field has components, in their order, all of one element type; each in any form that Step::put takes, with extents,
/// strides and a halo of its own. Of a complex field these are the real and the imaginary parts. No array of vectors is
/// made: components meet in the chunks that are written. Combines with with_halo() and copied(), of all or of each.
template <class First, class... More>
auto components(First&& first, More&&... more) {
  using Array = decltype(detail::seen(std::forward<First>(first)));
  constexpr bool is_known = !std::is_same_v<Array, detail::Refused> &&
                            (!std::is_same_v<decltype(detail::seen(std::forward<More>(more))), detail::Refused> && ...);
  if constexpr (!is_known) {
    return detail::Refused{};
  } else {
    constexpr bool are_alike = (std::is_same_v<decltype(detail::seen(std::forward<More>(more))), Array> && ...);
    static_assert(are_alike && !detail::is_component_arrays_v<Array>,
                  "the components of a field are arrays of one element type");
    if constexpr (are_alike && !detail::is_component_arrays_v<Array>) {
      using Element = std::remove_cvref_t<decltype(*std::declval<Array>().data())>;
      return ComponentArrays<Element>(
          std::vector<Array>{detail::seen(std::forward<First>(first)), detail::seen(std::forward<More>(more))...});
    } else {
      return detail::Refused{};
    }
  }
}

}  // namespace tessera
