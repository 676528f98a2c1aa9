#pragma once

namespace tessera {

/// The next multiple of `step` that is not below `value`; neither is negative.
template <class T>
constexpr T round_up(T value, T step) noexcept {
  return (value + step - 1) / step * step;
}

}  // namespace tessera
