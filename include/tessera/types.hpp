#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

/// \file
/// Element types and index vectors.

namespace tessera {

/// The element types that a field can have. The numbers are internal and reach no file.
enum class DataType : std::uint8_t { int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64 };

/// @cond
namespace detail {

/// An element type: what is derived from it is derived from here. What HDF5 calls it: src/hdf5/element_type.cpp.
struct ElementType {
  DataType type;
  const char* name;
  std::size_t bytes;
  bool is_signed;
  bool is_floating;
};

/// One for each DataType, in their order.
inline constexpr std::array element_types{
    ElementType{DataType::int8, "int8", 1, true, false},     ElementType{DataType::int16, "int16", 2, true, false},
    ElementType{DataType::int32, "int32", 4, true, false},   ElementType{DataType::int64, "int64", 8, true, false},
    ElementType{DataType::uint8, "uint8", 1, false, false},  ElementType{DataType::uint16, "uint16", 2, false, false},
    ElementType{DataType::uint32, "uint32", 4, false, false}, ElementType{DataType::uint64, "uint64", 8, false, false},
    ElementType{DataType::float32, "float32", 4, true, true}, ElementType{DataType::float64, "float64", 8, true, true}};

constexpr const ElementType& element_type(DataType type) noexcept {
  return element_types[static_cast<std::size_t>(type)];
}

static_assert([] {
  for (std::size_t i = 0; i < element_types.size(); ++i) {
    if (element_types[i].type != static_cast<DataType>(i)) return false;
  }
  return true;
}());

}  // namespace detail
/// @endcond

/// Bytes of one element.
constexpr std::size_t size_of(DataType type) noexcept { return detail::element_type(type).bytes; }

/// The name as NumPy spells it, for example "float64".
constexpr const char* to_string(DataType type) noexcept { return detail::element_type(type).name; }

/// True for the C++ types that a field can hold: integers of 8 to 64 bits (not bool, not a character type), float,
/// double.
template <class T>
inline constexpr bool is_element_v =
    std::is_same_v<T, float> || std::is_same_v<T, double> ||
    (std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
     !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>);

/// The DataType of a C++ type, by its kind and size: `long` and `long long` are both int64.
template <class T>
  requires is_element_v<T>
constexpr DataType data_type_of() noexcept {
  constexpr auto found = std::find_if(
      detail::element_types.begin(), detail::element_types.end(), [](const detail::ElementType& element) {
        return element.bytes == sizeof(T) && element.is_signed == std::is_signed_v<T> &&
               element.is_floating == std::is_floating_point_v<T>;
      });
  static_assert(found != detail::element_types.end(), "detail::element_types has no line for this type");
  return found->type;
}

/// One integer per axis, slowest axis first (C order); at most `capacity` of them. A value type without allocation.
class Index {
 public:
  using value_type = std::int64_t;  ///< for algorithms
  /// Time, four dimensions and the components.
  static constexpr std::size_t capacity = 6;

  constexpr Index() = default;
  /// \throws Error invalid_argument when there are more than `capacity` values.
  Index(std::initializer_list<std::int64_t> values);
  /// `count` times the same value. \throws Error invalid_argument when count is above `capacity`.
  static Index filled(std::size_t count, std::int64_t value);

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
  void push_back(std::int64_t value);

  friend bool operator==(const Index& a, const Index& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<std::int64_t, capacity> values_{};
  std::size_t size_ = 0;
};

}  // namespace tessera
