#pragma once

#include <cstdint>
#include <vector>

#include <tessera/box.hpp>

#include "support/for_each_index.hpp"
#include "support/formula.hpp"

namespace tessera_test {

/// The cells of a box, last axis fastest: value(global index, component) for each.
template <class T, class Value>
std::vector<T> filled(const tessera::Box& box, int components, Value&& value) {
  std::vector<T> values;
  for_each_index(box.extents(), [&](tessera::Index at) {
    for (std::size_t axis = 0; axis < at.size(); ++axis) at[axis] += box.lower[axis];
    for (int component = 0; component < components; ++component) values.push_back(static_cast<T>(value(at, component)));
  });
  return values;
}

/// The same where cells have one value: value(global index).
template <class T, class Value>
std::vector<T> filled(const tessera::Box& box, const Value& value) {
  return filled<T>(box, 1, [&](const tessera::Index& at, int) { return value(at); });
}

/// What formula.hpp says of them.
template <class T>
std::vector<T> values_of(std::uint64_t seed, std::int64_t step, const tessera::Box& box, int components = 1) {
  return filled<T>(box, components,
                   [&](const tessera::Index& at, int component) { return value_at<T>(seed, step, at, component); });
}

}  // namespace tessera_test
