#pragma once

#include <tessera/requirements.hpp>

#include <array>
#include <concepts>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/array_ref.hpp>

/// \file
/// Pointers, C arrays, containers of the standard library and mdspan as arrays.

namespace tessera {

namespace detail {

/// What an element of a container consists of: 3 doubles for std::array<double, 3>, 2 for a complex number.
template <class Element>
struct Scalars {
  using type = Element;
  static constexpr std::int64_t count = 1;
};
template <class Element, std::size_t Count>
struct Scalars<std::array<Element, Count>> {
  using type = typename Scalars<Element>::type;
  static constexpr std::int64_t count = static_cast<std::int64_t>(Count) * Scalars<Element>::count;
};
template <class Element, std::size_t Count>
struct Scalars<Element[Count]> : Scalars<std::array<Element, Count>> {};
// clang-format off
template <class Complex>
  requires(std::is_class_v<Complex> && requires(const Complex& z) {
    typename Complex::value_type;
    { z.real() } -> std::convertible_to<typename Complex::value_type>;
    { z.imag() } -> std::convertible_to<typename Complex::value_type>;
    requires sizeof(Complex) == 2 * sizeof(typename Complex::value_type);
  })
// clang-format on
struct Scalars<Complex> {
  using type = typename Complex::value_type;
  static constexpr std::int64_t count = 2;
};

/// Contiguous containers and views of them: std::vector, std::array, std::span, std::valarray, C arrays.
template <class Source>
concept Sequence = std::ranges::contiguous_range<const Source> && std::ranges::sized_range<const Source>;

/// std::mdspan and what looks like it (C++20 has none).
template <class Source>
concept MdspanLike = requires(const Source& source) {
  typename Source::element_type;
  typename Source::reference;
  typename Source::mapping_type;
  { Source::rank() } -> std::convertible_to<std::size_t>;
  source.data_handle();
  { source.extents().extent(0) } -> std::integral;
};

template <class Source>
concept HasTraits = requires {
  typename ArrayTraits<Source>::value_type;
};

/// The address of the first scalar, however deep arrays are nested.
template <class Element>
auto* first_scalar(const Element* data) {
  return reinterpret_cast<const typename Scalars<std::remove_cv_t<Element>>::type*>(data);
}

}  // namespace detail

/// A plain pointer: C order, as many elements as the box with its halo and components asks for.
template <class T>
  requires std::is_object_v<T>
struct ArrayTraits<T*> {
  using value_type = std::remove_cv_t<T>;  ///< element type
  /// The memory behind the pointer.
  static ArrayRef<value_type> view(const T* data) { return ArrayRef<value_type>::flat(data); }
};

/// Containers with contiguous elements, in C order; their number has to be that of the box with its halo and
/// components. Elements that are arrays or complex numbers give their components: a
/// std::vector<std::array<double, 3>> fills a field with 3.
template <detail::Sequence Source>
struct ArrayTraits<Source> {
  /// What an element consists of.
  using Scalars = detail::Scalars<std::remove_cvref_t<std::ranges::range_reference_t<const Source>>>;
  using value_type = typename Scalars::type;  ///< element type
  /// The container's memory.
  static ArrayRef<value_type> view(const Source& source) {
    return ArrayRef<value_type>::flat(detail::first_scalar(std::ranges::data(source)),
                                      static_cast<std::int64_t>(std::ranges::size(source)) * Scalars::count);
  }
};

/// std::mdspan and its look-alikes with a strided layout (layout_right, layout_left, layout_stride, a submdspan).
template <detail::MdspanLike Source>
struct ArrayTraits<Source> {
  using value_type = std::remove_cv_t<typename Source::element_type>;  ///< element type
  /// The memory, extents and strides.
  static ArrayRef<value_type> view(const Source& source) {
    static_assert(Source::mapping_type::is_always_strided(),
                  "an mdspan whose layout has no strides cannot be put: copy it into one with layout_right");
    static_assert(std::is_same_v<typename Source::reference, typename Source::element_type&>,
                  "an mdspan whose accessor changes values (scaled, conjugated) cannot be put: copy it into a plain "
                  "one");
    static_assert(Source::rank() >= 1 && Source::rank() <= 6, "an mdspan of rank 1 to 6");
    Index extents;
    Index strides;
    for (std::size_t axis = 0; axis < Source::rank(); ++axis) {
      extents.push_back(source.extents().extent(static_cast<typename Source::rank_type>(axis)));
      strides.push_back(source.mapping().stride(static_cast<typename Source::rank_type>(axis)));
    }
    return {source.data_handle(), extents, strides};
  }
};

namespace detail {

/// Stands for an array that does not compile, once the reason has been given.
struct Refused {
  Refused with_halo(const Halo&) const { return {}; }
  Refused as_copy() const { return {}; }
};

/// A container that owns its elements.
template <class Source>
concept Owning = Sequence<Source> && !std::ranges::borrowed_range<Source> && !std::ranges::view<Source>;

/// Why a type without ArrayTraits cannot be put.
template <class Source>
Refused refuse_source() {
  if constexpr (std::is_same_v<Source, std::vector<bool>>) {
    static_assert(!std::is_same_v<Source, std::vector<bool>>,
                  "std::vector<bool> packs its elements into bits: put a std::vector<std::uint8_t>");
  } else if constexpr (std::ranges::range<Source>) {
    static_assert(!std::ranges::range<Source>,
                  "the elements of this range are not contiguous in memory: copy them into a std::vector, or give "
                  "tessera::array(pointer, extents, strides)");
  } else if constexpr (requires(const Source& source) { source.get(); }) {
    static_assert(!std::is_class_v<Source>, "put the pointer that get() returns, or a std::span of the memory");
  } else {
    static_assert(!sizeof(Source),
                  "Tessera does not know how this type lies in memory: put a pointer, a std::span, "
                  "tessera::array(pointer, extents, strides), or specialise tessera::ArrayTraits");
  }
  return {};
}

/// Any source as an ArrayRef, or as ComponentArrays where it is that. A temporary container (`put(field, box,
/// computed())`) is moved into the array.
template <class Source>
auto seen(Source&& source) {
  using Plain = std::remove_cvref_t<Source>;
  if constexpr (std::is_same_v<Plain, Refused>) {
    return Refused{};  // its reason was given
  } else if constexpr (is_component_arrays_v<Plain>) {
    return Plain(std::forward<Source>(source));
  } else if constexpr (!HasTraits<Plain>) {
    return refuse_source<Plain>();
  } else if constexpr (std::is_lvalue_reference_v<Source> || !Owning<Plain> || std::is_array_v<Plain>) {
    static_assert(std::is_lvalue_reference_v<Source> || !std::is_array_v<Plain>,
                  "a temporary C array is gone before the step is committed: give it a name");
    return ArrayRef(ArrayTraits<Plain>::view(source));
  } else {
    auto owner = std::make_shared<const Plain>(std::forward<Source>(source));
    return ArrayTraits<Plain>::view(*owner).with_owner(owner);
  }
}

/// A source as it is handed to the library, for a field whose elements are of type T.
template <class T, class Source>
AnyArray any_array(Source&& source) {
  auto array = seen(std::forward<Source>(source));
  if constexpr (is_component_arrays_v<decltype(array)>) {
    AnyArray whole;
    whole.type = data_type_of<T>();
    for (const auto& one : array.arrays()) whole.parts.push_back(any_array<T>(one));
    return whole;
  } else if constexpr (!std::is_same_v<decltype(array), Refused>) {
    using Element = std::remove_cvref_t<decltype(*array.data())>;
    if constexpr (!is_element_v<Element>) {
      require_element<Element>();
    } else {
      static_assert(!is_element_v<Element> || data_type_of<Element>() == data_type_of<T>(),
                    "the array's element type has to be the field's; to store double as float declare Field<double> "
                    "with FieldOptions::precision = Precision::single");
    }
    return {array.data(),  data_type_of<T>(), array.extents(), array.strides(),      array.halo(),
            array.count(), array.device(),    array.owner(),   array.to_be_copied(), array.defect()};
  } else {
    return {};
  }
}

}  // namespace detail

}  // namespace tessera
