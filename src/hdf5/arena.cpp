#include "hdf5/arena.hpp"

#include <utility>

namespace tessera::hdf5 {

std::optional<std::uint64_t> Arena::take(std::uint64_t size) {
  const auto begin = free_.take(size);
  if (begin) add(*begin, *begin + size);
  return begin;
}

void Arena::recycle() {
  const BlockList all = std::exchange(used_, {});
  free_.add(all.extents());
}

}  // namespace tessera::hdf5
