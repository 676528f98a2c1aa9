#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <tessera/box.hpp>

namespace tessera::tools {

/// What `tessera bench` writes: a cube of doubles per rank, side by side along the first axis. Smooth waves with noise
/// in their last digits, as simulations have them; shuffle and deflate make about 4/5 of it.
class BenchField {
 public:
  /// \param bytes of a rank's cube, at most, but for 32 cells an axis
  BenchField(std::uint64_t bytes, int rank, int ranks);

  Index shape() const { return {edge_ * ranks_, edge_, edge_}; }
  const Box& box() const noexcept { return box_; }
  std::uint64_t bytes() const noexcept { return values_[0].size() * sizeof(double); }
  /// Of a step: two different ones by turns.
  const std::vector<double>& values(int step) const { return values_[static_cast<std::size_t>(step % 2)]; }

 private:
  std::int64_t edge_;
  std::int64_t ranks_;
  Box box_;
  std::array<std::vector<double>, 2> values_;
};

}  // namespace tessera::tools
