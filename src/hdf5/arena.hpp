#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/round_up.hpp"

namespace tessera::hdf5 {

/// The space of what one tree keeps for a while only and gives up all together. It then takes that space once more.
class Arena {
 public:
  /// Space that is free again, at a multiple of 8; nothing where there is none.
  std::optional<std::uint64_t> take(std::uint64_t size);

  /// Space that came from elsewhere is in use here.
  void add(std::uint64_t begin, std::uint64_t end);
  /// The block that ended at `from` ends at `to`.
  void lengthen(std::uint64_t from, std::uint64_t to);

  /// Nothing of it is in use any more.
  void recycle();
  /// What is in use stays so for ever.
  void leave() noexcept { used_.clear(); }

  std::uint64_t free_bytes() const noexcept;

 private:
  struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  static constexpr std::uint64_t aligned(std::uint64_t at) noexcept { return round_up<std::uint64_t>(at, 8); }

  std::vector<Extent> used_;
  std::vector<Extent> free_;  ///< by address
};

}  // namespace tessera::hdf5
