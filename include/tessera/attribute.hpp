#pragma once

#include <tessera/requirements.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// \file
/// Attributes: the parameters of a run and the free attributes of a field.

namespace tessera {

namespace detail {

template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;
template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;
template <class T>
concept Text = std::convertible_to<const T&, std::string_view>;
template <class T>
concept Utf8Text = std::convertible_to<const T&, std::u8string_view>;
/// std::filesystem::path, without its header.
template <class T>
concept Path = requires(const T& path) {
  typename T::value_type;
  { path.string() } -> std::same_as<std::string>;
  { path.filename() } -> std::same_as<T>;
};
/// A range of numbers or of texts, not itself a text.
template <class R>
concept AttributeRange =
    std::ranges::input_range<R> && !Text<std::remove_cvref_t<R>> && !Utf8Text<std::remove_cvref_t<R>> &&
    !Path<std::remove_cvref_t<R>> && (Number<std::ranges::range_value_t<R>> || Text<std::ranges::range_value_t<R>>);

/// The type in which a number of type T is kept.
template <class T>
constexpr auto stored_number() {
  static_assert(!Character<T>,
                "is this attribute a text or a number? Write \"x\" instead of 'x', or int{x}; wide text "
                "has to be converted to UTF-8");
  static_assert(!std::same_as<T, long double>,
                "a long double differs between machines, and few readers know it: store "
                "double(value)");
  static_assert(sizeof(T) <= 8 || std::same_as<T, long double>, "an attribute holds numbers of at most 64 bits");
  if constexpr (std::is_enum_v<T>) {
    return stored_number<std::underlying_type_t<T>>();
  } else if constexpr (std::same_as<T, bool> || std::same_as<T, float> || std::same_as<T, double>) {
    return T{};
  } else if constexpr (std::floating_point<T>) {
    return double{};
  } else if constexpr (sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>)) {
    return std::int32_t{};
  } else {
    return std::int64_t{};
  }
}
template <class T>
using StoredNumber = decltype(stored_number<T>());

/// The type that holds all of these numbers.
template <class... T>
constexpr auto common_number() {
  constexpr bool floating = (std::floating_point<StoredNumber<T>> || ...);
  static_assert(!floating || ((std::floating_point<StoredNumber<T>> || sizeof(T) <= 4) && ...),
                "64-bit integers among floating-point values: write all of them as double");
  constexpr bool mixed = floating && !(std::floating_point<StoredNumber<T>> && ...);
  return std::conditional_t<mixed, double, std::common_type_t<StoredNumber<T>...>>{};
}

}  // namespace detail

/// A value that an attribute can have: int32, int64, double, float, bool, a UTF-8 string, or a 1-D array of one of
/// these.
///
/// | given                                                 | kept as                                               |
/// |-------------------------------------------------------|-------------------------------------------------------|
/// | an integer, signed or unsigned                        | int32 where its type fits into it, else int64         |
/// | an enumerator, a std::byte                            | its underlying value                                  |
/// | double, float, bool                                   | the same                                              |
/// | const char*, std::string, std::string_view, u8"..."   | text, which has to be UTF-8                           |
/// | std::filesystem::path                                 | its string()                                          |
/// | C arrays, std::array, std::vector, std::span, ranges  | a 1-D array of what its elements are kept as          |
/// | two or more numbers, or texts, in braces              | the same; numbers of several types: one that holds all|
/// | char, wchar_t, char16_t, char32_t, char8_t            | does not compile: neither clearly a number nor a text |
/// | long double, 128-bit integers                         | does not compile: no portable way to store them       |
///
/// An unsigned value above 2^63 - 1 and a null pointer are kept as a defect, which the call that the value is handed to
/// throws on all ranks. How each is stored: FORMAT.md, "Attributes".
class AttributeValue {
 public:
  /// The types, as they are stored.
  using Storage = std::variant<std::int32_t, std::int64_t, double, float, bool, std::string, std::vector<std::int32_t>,
                               std::vector<std::int64_t>, std::vector<double>, std::vector<float>, std::vector<bool>,
                               std::vector<std::string>>;

  /// @{
  /// Implicit, so that {"resolution", 100} works.
  template <detail::Number T>
  AttributeValue(T value) : storage_(kept<detail::StoredNumber<T>>(value)) {}  // NOLINT: implicit
  AttributeValue(const char* value) : storage_(value != nullptr ? value : std::string()) {
    if (value == nullptr) defect_ = "is a null pointer instead of a text; give an empty text, or leave it out";
  }
  AttributeValue(std::string_view value) : storage_(std::string(value)) {}
  AttributeValue(std::string value) : storage_(std::move(value)) {}
  template <detail::Utf8Text T>
  AttributeValue(const T& value) : storage_(std::string()) {  // NOLINT: implicit
    const std::u8string_view text = value;
    std::get<std::string>(storage_).assign(text.begin(), text.end());
  }
  template <detail::Path T>
  AttributeValue(const T& value) : storage_(value.string()) {}  // NOLINT: implicit
  AttributeValue(std::vector<std::int32_t> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<std::int64_t> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<double> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<float> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<bool> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<std::string> value) : storage_(std::move(value)) {}
  template <detail::AttributeRange Range>
  AttributeValue(Range&& values) {  // NOLINT: implicit
    using Element = std::ranges::range_value_t<Range>;
    if constexpr (detail::Number<Element>) {
      std::vector<detail::StoredNumber<Element>> all;
      for (const Element value : values) all.push_back(kept<detail::StoredNumber<Element>>(value));
      storage_ = std::move(all);
    } else {
      std::vector<std::string> all;
      for (const auto& value : values) all.emplace_back(text(value));
      storage_ = std::move(all);
    }
  }
  template <detail::Number First, detail::Number Second, detail::Number... Rest>
  AttributeValue(First first, Second second, Rest... rest) {
    using Stored = decltype(detail::common_number<First, Second, Rest...>());
    storage_ = std::vector<Stored>{kept<Stored>(first), kept<Stored>(second), kept<Stored>(rest)...};
  }
  template <detail::Text First, detail::Text Second, detail::Text... Rest>
  AttributeValue(const First& first, const Second& second, const Rest&... rest)
      : storage_(std::vector<std::string>{text(first), text(second), text(rest)...}) {}
  /// @}

  /// @{
  /// Copies leave everything as it was where there is no memory for them.
  AttributeValue(const AttributeValue& other);
  AttributeValue& operator=(const AttributeValue& other);
  AttributeValue(AttributeValue&&) noexcept = default;
  AttributeValue& operator=(AttributeValue&&) noexcept = default;
  ~AttributeValue() = default;
  /// @}

  /// The value.
  const Storage& storage() const noexcept { return storage_; }
  /// Why the value cannot be stored ("is above 2^63 - 1; ..."); null when it can.
  const char* defect() const noexcept { return defect_; }

 private:
  template <class Stored, class T>
  Stored kept(T value) {
    if constexpr (std::is_enum_v<T>) {
      return kept<Stored>(static_cast<std::underlying_type_t<T>>(value));
    } else {
      if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
        if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
          defect_ = "is above 2^63 - 1; store it as a double or a string";
        }
      }
      return static_cast<Stored>(value);
    }
  }
  template <class T>
  std::string text(const T& value) {
    if constexpr (std::is_convertible_v<const T&, const char*> && !std::is_array_v<T>) {
      return std::get<std::string>(AttributeValue(static_cast<const char*>(value)).take(*this));
    } else {
      return std::string(std::string_view(value));
    }
  }
  /// The value; its defect goes to `other`.
  Storage take(AttributeValue& other) && {
    if (defect_ != nullptr) other.defect_ = defect_;
    return std::move(storage_);
  }

  const char* defect_ = nullptr;  // first: the constructors that set the value may set it
  Storage storage_;
};

/// A name and its value. Names are not empty and have no slash.
struct Attribute {
  std::string name;      ///< unique in its group or dataset
  AttributeValue value;  ///< number, text or 1-D array
};

/// Attributes in the order in which they are written: `{{"resolution", 100}, {"time_step", 0.01}}`.
using Attributes = std::vector<Attribute>;

/// For messages, exact: 0.01 is "0.01", a string is quoted, an array is bracketed.
std::string to_string(const AttributeValue& value);

}  // namespace tessera
