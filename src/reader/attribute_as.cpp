#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>

#include <tessera/reader.hpp>

namespace tessera::detail {

namespace {

template <class T>
inline constexpr bool is_list_v = false;
template <class T>
inline constexpr bool is_list_v<std::vector<T>> = true;

/// Sets `to` where no digit is lost.
template <class To, class From>
bool converted(const From& from, To& to) {
  if constexpr (std::is_same_v<To, From>) {
    to = from;
    return true;
  } else if constexpr (is_list_v<To>) {
    to.clear();
    if constexpr (is_list_v<From>) {
      for (auto&& one : from) {
        typename To::value_type element{};
        if (!converted(static_cast<const typename From::value_type&>(one), element)) return false;
        to.push_back(element);
      }
      return true;
    } else {
      typename To::value_type element{};
      if (!converted(from, element)) return false;
      to.push_back(element);
      return true;
    }
  } else if constexpr (std::is_same_v<To, bool> && std::is_integral_v<From>) {
    to = from != 0;
    return from == 0 || from == 1;  // what a truth value is stored as
  } else if constexpr (std::is_arithmetic_v<To> && std::is_arithmetic_v<From>) {
    if constexpr (std::is_integral_v<To> && std::is_integral_v<From>) {
      if (!std::in_range<To>(static_cast<std::int64_t>(from))) return false;
      to = static_cast<To>(from);
      return true;
    } else if constexpr (std::is_integral_v<To>) {
      return false;
    } else {
      to = static_cast<To>(from);
      return static_cast<double>(to) == static_cast<double>(from) || std::isnan(static_cast<double>(from));
    }
  } else {
    return false;
  }
}

}  // namespace

template <class T>
T attribute_as(const AttributeValue& value, const std::string& what) {
  T result{};
  const bool fits = std::visit([&](const auto& stored) { return converted(stored, result); }, value.storage());
  if (!fits) {
    throw Error(ErrorCode::type_mismatch,
                "the " + what + " is " + to_string(value) + ", which the requested type cannot hold without loss");
  }
  return result;
}

template std::int64_t attribute_as(const AttributeValue&, const std::string&);
template double attribute_as(const AttributeValue&, const std::string&);
template float attribute_as(const AttributeValue&, const std::string&);
template bool attribute_as(const AttributeValue&, const std::string&);
template std::string attribute_as(const AttributeValue&, const std::string&);
template std::vector<std::int32_t> attribute_as(const AttributeValue&, const std::string&);
template std::vector<std::int64_t> attribute_as(const AttributeValue&, const std::string&);
template std::vector<double> attribute_as(const AttributeValue&, const std::string&);
template std::vector<float> attribute_as(const AttributeValue&, const std::string&);
template std::vector<std::string> attribute_as(const AttributeValue&, const std::string&);

}  // namespace tessera::detail
