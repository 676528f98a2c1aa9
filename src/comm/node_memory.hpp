#pragma once

#include <cstddef>
#include <span>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// Memory that the ranks of a node have in common. No window of MPI: to free one is collective, and ranks that are
/// missing would keep the others in it.
class NodeMemory {
 public:
  /// What one rank of the node does with the memory, all zeros, before the others get it.
  /// \returns whether that worked
  using Prepare = bool (*)(std::span<std::byte>);

  /// Collective. There is none where a rank of the node cannot have it: then on none of the node.
  /// \param size bytes, the same on all ranks
  NodeMemory(const Communicator& comm, std::size_t size, Prepare prepare);
  /// Local: it goes with the last rank.
  ~NodeMemory();
  NodeMemory(const NodeMemory&) = delete;
  NodeMemory& operator=(const NodeMemory&) = delete;

  /// Empty where there is none.
  std::span<std::byte> bytes() const noexcept { return bytes_; }
  /// This rank's number on the node, and how many there are.
  int rank() const noexcept { return rank_; }
  int ranks() const noexcept { return ranks_; }

 private:
  std::span<std::byte> bytes_;
  int rank_ = 0;
  int ranks_ = 1;
};

}  // namespace tessera::comm
