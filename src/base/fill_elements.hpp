#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace tessera {

/// Repeats an element as long as there is room for a whole one; zeros where there is none.
inline void fill_elements(std::span<std::byte> out, std::span<const std::byte> element) noexcept {
  if (element.empty()) {
    std::ranges::fill(out, std::byte{0});
    return;
  }
  for (; out.size() >= element.size(); out = out.subspan(element.size())) {
    std::memcpy(out.data(), element.data(), element.size());
  }
}

}  // namespace tessera
