#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// \file
/// Attributes: the parameters of a run and the free attributes of a field.

namespace tessera {

/// A value that an attribute can have: int32, int64, double, float, bool, a UTF-8 string, or a 1-D array of one of
/// these.
///
/// Other integer types become the smallest of int32 and int64 that holds them all; a uint64 above 2^63 - 1 is kept as a
/// defect that the call it is handed to throws. How each is stored: FORMAT.md, "Attributes".
class AttributeValue {
 public:
  /// The types, as they are stored.
  using Storage = std::variant<std::int32_t, std::int64_t, double, float, bool, std::string, std::vector<std::int32_t>,
                               std::vector<std::int64_t>, std::vector<double>, std::vector<float>, std::vector<bool>,
                               std::vector<std::string>>;

  /// @{
  /// Implicit, so that {"resolution", 100} works.
  template <std::integral T>
  AttributeValue(T value) {  // NOLINT: implicit
    if constexpr (std::same_as<T, bool>) {
      storage_ = value;
    } else if constexpr (sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>)) {
      storage_ = static_cast<std::int32_t>(value);
    } else {
      storage_ = static_cast<std::int64_t>(value);
      if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
        too_large_ = value > static_cast<T>(std::numeric_limits<std::int64_t>::max());
      }
    }
  }
  AttributeValue(double value) : storage_(value) {}
  AttributeValue(float value) : storage_(value) {}
  AttributeValue(const char* value) : storage_(std::string(value)) {}
  AttributeValue(std::string_view value) : storage_(std::string(value)) {}
  AttributeValue(std::string value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<std::int32_t> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<std::int64_t> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<double> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<float> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<bool> value) : storage_(std::move(value)) {}
  AttributeValue(std::vector<std::string> value) : storage_(std::move(value)) {}
  /// @}

  /// The value.
  const Storage& storage() const noexcept { return storage_; }
  /// True when the value did not fit into any of the types.
  bool too_large() const noexcept { return too_large_; }

 private:
  Storage storage_;
  bool too_large_ = false;
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
