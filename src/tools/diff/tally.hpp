#pragma once

#include <cstddef>
#include <cstdint>

#include <tessera/types.hpp>

#include "tools/diff/report.hpp"

namespace tessera::tools {

/// How many values differ, and the largest difference.
struct Tally {
  std::uint64_t compared = 0;
  std::uint64_t differing = 0;
  double largest = 0;
  double a = 0;
  double b = 0;
  std::uint64_t place = 0;  ///< of the largest, a number that the caller knows the meaning of; the first one of several

  void add(const Tally& other) noexcept;
};

/// Compares `count` elements of this type. \param place of the first one
void compare(DataType type, const std::byte* a, const std::byte* b, std::size_t count, const Tolerance& tolerance,
             std::uint64_t place, Tally& tally) noexcept;

}  // namespace tessera::tools
