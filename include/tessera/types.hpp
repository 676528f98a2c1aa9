#pragma once

#include <tessera/requirements.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

/// \file
/// Element types and index vectors.

namespace tessera {

/// The element types that a field can have. The numbers are internal and reach no file.
enum class DataType : std::uint8_t {
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  float16,
  bfloat16,
};

/// @cond
namespace detail {

/// A float16 (IEEE 754 binary16) as it is stored. C++20 has no type for it: values are given and read as float or
/// double, and src/base/half.hpp converts.
struct Half {
  std::uint16_t bits = 0;
};

/// A bfloat16, the upper half of a float, likewise: src/base/bfloat16.hpp.
struct BFloat16 {
  std::uint16_t bits = 0;
};

/// An address for every C++ type.
template <class T>
inline constexpr char type_tag = 0;

/// An element type: what is derived from it is derived from here. What HDF5 calls it: src/hdf5/element_type.cpp.
struct ElementType {
  DataType type;
  const char* name;
  const char* cpp_type;  ///< type_tag
  std::size_t bytes;
  bool is_signed;
  bool is_floating;
};

/// A line of the list below.
template <class T>
struct Element {
  using Type = T;
  DataType type;
  const char* name;
  constexpr operator ElementType() const noexcept {  // NOLINT: implicit
    return {type, name, &type_tag<T>, sizeof(T), !std::is_unsigned_v<T>, !std::is_integral_v<T>};
  }
};

/// One line for each DataType, in their order: the C++ type, and the name as NumPy spells it. All else follows from it;
/// src/base/visit_element.hpp goes from a DataType to the C++ type.
inline constexpr std::tuple element_list{
    Element<std::int8_t>{DataType::int8, "int8"},       Element<std::int16_t>{DataType::int16, "int16"},
    Element<std::int32_t>{DataType::int32, "int32"},    Element<std::int64_t>{DataType::int64, "int64"},
    Element<std::uint8_t>{DataType::uint8, "uint8"},    Element<std::uint16_t>{DataType::uint16, "uint16"},
    Element<std::uint32_t>{DataType::uint32, "uint32"}, Element<std::uint64_t>{DataType::uint64, "uint64"},
    Element<float>{DataType::float32, "float32"},       Element<double>{DataType::float64, "float64"},
    Element<Half>{DataType::float16, "float16"},        Element<BFloat16>{DataType::bfloat16, "bfloat16"}};

inline constexpr std::array element_types =
    std::apply([](const auto&... element) { return std::array{ElementType(element)...}; }, element_list);

/// Of the largest element.
inline constexpr std::size_t max_element_bytes =
    std::apply([](const auto&... element) { return std::max({element.bytes...}); }, element_types);

constexpr const ElementType& element_type(DataType type) noexcept {
  return element_types[static_cast<std::size_t>(type)];
}

/// float16 and bfloat16, which nobody gives, but files have.
constexpr bool is_short_float(DataType type) noexcept {
  return element_type(type).is_floating && element_type(type).bytes == 2;
}

static_assert([] {
  for (std::size_t i = 0; i < element_types.size(); ++i) {
    if (element_types[i].type != static_cast<DataType>(i)) return false;
  }
  return true;
}());

/// Integers, but not truth values and characters.
template <class T>
inline constexpr bool is_integer_v =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
    !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

/// The element type of a C++ type, nullptr where it has none: for integers by sign and size, so that `long` and
/// `long long` are both int64.
template <class T>
constexpr const ElementType* element_of() noexcept {
  for (const ElementType& element : element_types) {
    if constexpr (is_integer_v<T>) {
      const bool is_same_sign = element.is_signed == std::is_signed_v<T>;
      if (!element.is_floating && element.bytes == sizeof(T) && is_same_sign) return &element;
    } else {
      if (element.cpp_type == &type_tag<T>) return &element;
    }
  }
  return nullptr;
}

}  // namespace detail
/// @endcond

/// Bytes of one element.
constexpr std::size_t size_of(DataType type) noexcept { return detail::element_type(type).bytes; }

/// The name as NumPy spells it, for example "float64".
constexpr const char* to_string(DataType type) noexcept { return detail::element_type(type).name; }

/// True for the C++ types that a field can hold: integers of 8 to 64 bits (not bool, not a character type), float,
/// double.
template <class T>
inline constexpr bool is_element_v = detail::element_of<T>() != nullptr;

/// The DataType of a C++ type; `long` and `long long` are both int64.
template <class T>
  requires is_element_v<T>
constexpr DataType data_type_of() noexcept { return detail::element_of<T>()->type; }

/// @cond
namespace detail {
/// Does not compile for a type that no field can hold.
template <class T>
constexpr void require_element() noexcept {
  static_assert(is_element_v<T>,
                "a field holds integers of 8 to 64 bits, float or double; put complex numbers with components = 2, as "
                "tessera::array(reinterpret_cast<const double*>(pointer), extents, strides)");
}
}  // namespace detail
/// @endcond

namespace detail {

[[noreturn]] void refuse_axis_count(std::size_t count);
[[noreturn]] void refuse_integer(std::uint64_t value);

/// Numbers that can stand for an index: integers of any type (not bool, not a character type), enumerators, and classes
/// that convert to an integer, such as std::integral_constant. Floating-point types are among them only to be refused
/// with a reason.
// clang-format off
template <class T>
concept IndexNumber = (is_integer_v<T>) || (std::floating_point<T>) ||
                      (!std::is_arithmetic_v<T> && requires(const T& value) { { +value } -> std::integral; });
// clang-format on

/// An integer of any type, as int64: what stands in braces where one is wanted, without an error about narrowing.
class Integer {
 public:
  /// \throws Error invalid_argument for an unsigned value that int64 does not hold; in a constant expression that does
  ///         not compile
  template <IndexNumber T>
  constexpr Integer(const T& value) : value_(converted(value)) {}      // NOLINT: implicit
  constexpr operator std::int64_t() const noexcept { return value_; }  // NOLINT: implicit

 private:
  template <class T>
  static constexpr std::int64_t converted(const T& value) {
    if constexpr (std::floating_point<T>) {
      static_assert(!std::floating_point<T>,
                    "an index or a count of cells is an integer, and this is a floating-point "
                    "value: round it to an integer first, for example with std::llround");
      return 0;
    } else {
      const auto number = +value;
      if (!std::in_range<std::int64_t>(number)) refuse_integer(static_cast<std::uint64_t>(number));
      return static_cast<std::int64_t>(number);
    }
  }
  std::int64_t value_;
};

/// Ranges of integers.
template <class R>
concept IndexRange = std::ranges::input_range<R> && IndexNumber<std::ranges::range_value_t<R>>;

/// What is no range but has size() and elements, such as Kokkos::Array.
template <class A>
concept IndexArray = !std::ranges::input_range<A> && requires(const A& array) {
  { array.size() } -> std::convertible_to<std::size_t>;
  requires IndexNumber<std::remove_cvref_t<decltype(array[0])>>;
};

}  // namespace detail

/// One integer per axis, slowest axis first (C order); at most `capacity` of them. A value type without allocation.
///
/// Made of integers of any type, also mixed (`{view.extent(0), 8 * rank, 1}`), of arrays (`int n[3]`, std::array,
/// std::span, std::vector, any range), or of two iterators. A value that std::int64_t does not hold, such as the
/// unsigned difference 0u - 1, is an Error, or does not compile in a constant expression; floating-point values do not
/// compile.
class Index {
 public:
  using value_type = std::int64_t;  ///< for algorithms
  /// Time, four dimensions and two axes of components.
  static constexpr std::size_t capacity = 7;

  constexpr Index() = default;
  /// \throws Error invalid_argument when there are more than `capacity` values, or one is beyond int64
  constexpr Index(std::initializer_list<detail::Integer> values) {
    for (const detail::Integer& value : values) push_back(value);
  }
  /// The values of an array or a range. \throws Error as above
  template <class Range>
    requires(detail::IndexRange<Range> && !std::same_as<std::remove_cvref_t<Range>, Index>)
  constexpr Index(Range&& values) : Index(std::ranges::begin(values), std::ranges::end(values)) {}  // NOLINT: implicit
  /// The values of an array that is no range. \throws Error as above
  template <detail::IndexArray Array>
  constexpr Index(const Array& values) {  // NOLINT: implicit
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(values.size()); ++axis) push_back(values[axis]);
  }
  /// The values in [first, last). \throws Error as above
  template <std::input_iterator Iterator, std::sentinel_for<Iterator> End>
    requires detail::IndexNumber<std::iter_value_t<Iterator>>
  constexpr Index(Iterator first, End last) {
    for (; first != last; ++first) push_back(*first);
  }
  /// `count` times the same value. \throws Error invalid_argument when count is above `capacity`.
  static constexpr Index filled(std::size_t count, detail::Integer value) {
    Index result;
    for (std::size_t axis = 0; axis < count; ++axis) result.push_back(value);
    return result;
  }

  /// @{
  /// The values as a container, one per axis.
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr std::int64_t& operator[](std::size_t axis) noexcept { return values_[axis]; }
  constexpr std::int64_t operator[](std::size_t axis) const noexcept { return values_[axis]; }
  constexpr const std::int64_t* begin() const noexcept { return values_.data(); }
  constexpr const std::int64_t* end() const noexcept { return values_.data() + size_; }
  constexpr std::int64_t* begin() noexcept { return values_.data(); }
  constexpr std::int64_t* end() noexcept { return values_.data() + size_; }
  constexpr std::int64_t front() const noexcept { return values_[0]; }
  constexpr std::int64_t back() const noexcept { return values_[size_ - 1]; }
  /// @}

  /// Appends an axis, which becomes the fastest. \throws Error invalid_argument beyond `capacity`.
  constexpr void push_back(detail::Integer value) {
    if (size_ == capacity) detail::refuse_axis_count(size_ + 1);
    values_[size_++] = value;
  }

  friend constexpr bool operator==(const Index& a, const Index& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<std::int64_t, capacity> values_{};
  std::size_t size_ = 0;
};

/// @cond
namespace detail {
/// The strides of an array in C order, in elements: (5, 4, 3) has (12, 3, 1).
Index row_major_strides(const Index& extents);
}  // namespace detail
/// @endcond

}  // namespace tessera
