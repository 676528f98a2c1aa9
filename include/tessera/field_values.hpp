#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include <tessera/containers.hpp>
#include <tessera/error.hpp>
#include <tessera/options.hpp>
#include <tessera/types.hpp>

/// \file
/// Values of fields that the file has in another form: truth values as int8, complex numbers as two numbers.

namespace tessera::detail {

/// What a value of a field is in the file: `count` elements along the last axis.
template <class T>
struct StoredValue : Scalars<T> {};
template <>
struct StoredValue<bool> {
  using type = std::int8_t;
  static constexpr std::int64_t count = 1;
};

/// std::complex, Kokkos::complex and the like, of float or double.
template <class T>
inline constexpr bool is_complex_v =
    std::is_class_v<T>&& StoredValue<T>::count == 2 && std::is_floating_point_v<typename StoredValue<T>::type>;

/// Does not compile for a type that no field can hold.
template <class T>
constexpr void require_value() noexcept {
  if constexpr (!std::is_same_v<T, bool> && !is_complex_v<T>) require_element<T>();
}

/// Both parts of a complex number fill the same dataset.
template <class T, class Stored>
void hand_on_fill(const std::optional<T>& given, std::optional<Stored>& taken) {
  if (!given) return;
  if constexpr (is_complex_v<T>) {
    const Stored real = given->real();
    const Stored imag = given->imag();
    if (real != imag && (real == real || imag == imag)) {  // NOLINT(misc-redundant-expression): NaN
      throw Error(ErrorCode::invalid_argument,
                  "the fill value of a field of complex numbers has to have the same real and imaginary part, which "
                  "fill one dataset; NaN for both is what readers take for missing");
    }
    taken = real;
  } else {
    taken = static_cast<Stored>(*given);
  }
}

/// The options of a field as the file has it.
template <class T>
auto stored_options(const FieldOptions<T>& options) {
  FieldOptions<typename StoredValue<T>::type> stored;
  const auto take = []<class Given, class Taken>(const Given& given, Taken& taken) {
    if constexpr (std::is_same_v<Given, Taken>) {
      taken = given;
    } else {
      hand_on_fill(given, taken);
    }
  };
  const auto take_all = [&](const auto&... given) {
    std::apply([&](auto&... taken) { (take(given, taken), ...); }, each_option(stored));
  };
  std::apply(take_all, each_option(options));
  if constexpr (std::is_same_v<T, bool>) stored.attributes.insert(stored.attributes.begin(), {"dtype", "bool"});
  if constexpr (is_complex_v<T>) {
    if (stored.components != 1 || !stored.tensor_axes.empty()) {
      throw Error(ErrorCode::invalid_argument,
                  "a field of complex numbers has one component, whose two parts are the last axis; declare vectors of "
                  "complex numbers as a Field<double> with twice as many components");
    }
    stored.components = 2;
  }
  return stored;
}

/// A field's options without their static type.
template <class T>
FieldRequest request_of(const FieldOptions<T>& options) {
  if constexpr (is_element_v<T>) {
    return untyped(options);
  } else {
    return untyped(stored_options(options));
  }
}

/// A source as it is handed to the library, for a field of values of type T: of complex numbers the two parts are a
/// further axis, the fastest.
template <class T, class Source>
AnyArray any_values(Source&& source) {
  using Stored = typename StoredValue<T>::type;
  if constexpr (is_element_v<T>) {
    return any_array<T>(std::forward<Source>(source));
  } else {
    auto array = seen(std::forward<Source>(source));
    if constexpr (std::is_same_v<decltype(array), Refused>) {
      return {};
    } else if constexpr (is_component_arrays_v<decltype(array)>) {
      AnyArray whole;
      whole.type = data_type_of<Stored>();
      using Part = std::conditional_t<is_complex_v<T>, Stored, T>;
      for (const auto& one : array.arrays()) whole.parts.push_back(any_values<Part>(one));
      return whole;
    } else {
      using Element = std::remove_cvref_t<decltype(*array.data())>;
      constexpr bool is_whole = !is_element_v<Element>;  // containers give the two parts already
      static_assert(std::is_same_v<typename StoredValue<Element>::type, Stored> ||
                        (std::is_same_v<T, bool> && std::is_integral_v<Element> && sizeof(Element) == 1),
                    "the array's element type has to be the field's");
      AnyArray any{array.data(),  data_type_of<Stored>(), array.extents(), array.strides(),      array.halo(),
                   array.count(), array.device(),         array.owner(),   array.to_be_copied(), array.defect()};
      if constexpr (is_complex_v<T> && is_whole) {
        if (any.count) *any.count *= 2;
        if (any.extents.empty()) return any;
        for (std::int64_t& stride : any.strides) stride *= 2;
        any.extents.push_back(2);
        any.strides.push_back(1);
      }
      return any;
    }
  }
}

}  // namespace tessera::detail
