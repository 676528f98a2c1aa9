#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/floating.hpp"
#include "pack/pack.hpp"

namespace tessera::pack {

// memcpy of one element is one load or store, for memory of any type and alignment.
template <class T>
T load(const std::byte* address) noexcept {
  T value;
  std::memcpy(&value, address, sizeof(T));
  return value;
}

template <class T>
void store(std::byte* address, T value) noexcept {
  std::memcpy(address, &value, sizeof(T));
}

/// Elements that follow each other in memory on both sides.
template <class From, class To>
void copy_contiguous(const std::byte* source, std::byte* target, std::int64_t extent) noexcept {
  if (std::is_same_v<From, To> && extent >= 8) {
    std::memcpy(target, source, static_cast<std::size_t>(extent) * sizeof(To));
    return;
  }
  for (std::int64_t i = 0; i < extent; ++i) {
    store(target + i * std::int64_t{sizeof(To)}, as<To>(load<From>(source + i * std::int64_t{sizeof(From)})));
  }
}

template <class From, class Run>
void run_with_target(DataType target, const Run& run) {
  switch (target) {
    case DataType::float64: return run.template operator()<From, double>();
    case DataType::float32: return run.template operator()<From, float>();
    case DataType::float16: return run.template operator()<From, detail::Half>();
    default: return run.template operator()<From, detail::BFloat16>();
  }
}

/// Calls run.operator()<From, To>() with C++ types that do for the elements of a copy: those of the size where they
/// stay the same, else floating-point types.
template <class Run>
void run_with_types(DataType source, DataType target, const Run& run) {
  if (source != target) {
    switch (source) {
      case DataType::float64: return run_with_target<double>(target, run);
      case DataType::float32: return run_with_target<float>(target, run);
      case DataType::float16: return run_with_target<detail::Half>(target, run);
      default: return run_with_target<detail::BFloat16>(target, run);
    }
  }
  static_assert(detail::max_element_bytes <= 8, "a case more, of a type of that size");
  switch (size_of(source)) {
    case 1: return run.template operator()<std::uint8_t, std::uint8_t>();
    case 2: return run.template operator()<std::uint16_t, std::uint16_t>();
    case 4: return run.template operator()<std::uint32_t, std::uint32_t>();
    default: return run.template operator()<std::uint64_t, std::uint64_t>();
  }
}

}  // namespace tessera::pack
