#include "tools/diff/same_value.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace tessera::tools {

bool is_near(double a, double b, const Tolerance& tolerance) noexcept {
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  return std::fabs(a - b) <= tolerance.absolute + tolerance.relative * std::fabs(b);
}

namespace {

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class A, class B>
bool same(const A& a, const B& b, const Tolerance& tolerance) {
  if constexpr (is_list<A> && is_list<B>) {
    const auto near = [&](const auto& one, const auto& other) { return same(one, other, tolerance); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), near);
  } else if constexpr (std::is_same_v<A, std::string> && std::is_same_v<B, std::string>) {
    return a == b;
  } else if constexpr (std::is_integral_v<A> && std::is_integral_v<B>) {
    return static_cast<std::int64_t>(a) == static_cast<std::int64_t>(b) ||
           is_near(static_cast<double>(a), static_cast<double>(b), tolerance);
  } else if constexpr (std::is_arithmetic_v<A> && std::is_arithmetic_v<B>) {
    return is_near(static_cast<double>(a), static_cast<double>(b), tolerance);
  } else {
    return false;
  }
}

}  // namespace

bool same_value(const AttributeValue& a, const AttributeValue& b, const Tolerance& tolerance) {
  const auto compare = [&](const auto& x, const auto& y) { return same(x, y, tolerance); };
  return std::visit(compare, a.storage(), b.storage());
}

}  // namespace tessera::tools
