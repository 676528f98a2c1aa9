#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"
#include "comm/exchange.hpp"

namespace tessera::comm {

/// The rank whose contiguous part has this position. \param begins of each rank's part, then the end of the last one's
std::size_t rank_of(std::int64_t position, std::span<const std::int64_t> begins);

/// Brings values that ranks hold in an order of their own into one order of all ranks, of which each rank has a
/// contiguous part; or back. Who sends what is worked out once; time and memory of a rank go with its own values and
/// the number of ranks.
class Redistribution {
 public:
  /// Memory for messages, made before values travel so that that cannot fail for lack of it.
  class Memory;

  /// Collective. What fails on one rank, all throw.
  /// \param positions of each of this rank's values in the common order; those below 0 stay at home
  /// \param begins    as rank_of has it, the same on every rank
  Redistribution(const Communicator& comm, std::span<const std::int64_t> positions,
                 std::span<const std::int64_t> begins);

  /// What reserve() takes, about. Local.
  std::size_t reserved_bytes(const Communicator& comm, std::size_t bytes) const noexcept;
  /// Local. \param bytes of a value, at most \throws std::bad_alloc
  std::shared_ptr<Memory> reserve(const Communicator& comm, std::size_t bytes) const;

  /// From own order into this rank's part of the common one. Collective. `bytes` of a value, no more than reserved.
  void forward(const Communicator& comm, const std::byte* own, std::byte* part, std::size_t bytes,
               const std::shared_ptr<Memory>& memory) const;
  /// The other way round; values that stay at home are left alone.
  void backward(const Communicator& comm, const std::byte* part, std::byte* own, std::size_t bytes,
                const std::shared_ptr<Memory>& memory) const;

 private:
  Lists own_;   ///< for each rank, which of this rank's values it has in its part
  Lists part_;  ///< for each rank, where in this rank's part its values are; in the order of its own_
};

}  // namespace tessera::comm
