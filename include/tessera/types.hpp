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

/// Bytes of one element.
constexpr std::size_t size_of(DataType type) noexcept {
  constexpr std::array<std::size_t, 10> bytes{1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
  return bytes[static_cast<std::size_t>(type)];
}

/// The name as NumPy spells it, for example "float64".
const char* to_string(DataType type) noexcept;

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
  if constexpr (std::is_same_v<T, float>) return DataType::float32;
  if constexpr (std::is_same_v<T, double>) return DataType::float64;
  constexpr int log2_bytes = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
  return static_cast<DataType>((std::is_signed_v<T> ? 0 : 4) + log2_bytes);
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
