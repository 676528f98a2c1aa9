#pragma once

#include <cstdint>
#include <optional>

#include "hdf5/block_list.hpp"

namespace tessera::hdf5 {

/// The space of what one tree keeps for a while only and gives up all together. It then takes that space once more.
class Arena {
 public:
  /// Space that is free again, at a multiple of 8; nothing where there is none.
  std::optional<std::uint64_t> take(std::uint64_t size);

  /// Space that came from elsewhere is in use here.
  void add(std::uint64_t begin, std::uint64_t end) { used_.add(begin, end); }
  /// The block that ended at `from` ends at `to`.
  void lengthen(std::uint64_t from, std::uint64_t to) { used_.lengthen(from, to); }

  /// Nothing of it is in use any more.
  void recycle();
  /// What is in use stays so for ever.
  void leave() noexcept { used_.clear(); }

  std::uint64_t free_bytes() const noexcept { return free_.bytes(); }

 private:
  BlockList used_;
  BlockPool free_;
};

}  // namespace tessera::hdf5
