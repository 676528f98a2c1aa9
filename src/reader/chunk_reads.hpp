#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include <tessera/error.hpp>

#include "base/buffer.hpp"
#include "base/workers.hpp"
#include "comm/pending.hpp"
#include "reader/arrivals.hpp"
#include "reader/read_units.hpp"
#include "reader/unit_reader.hpp"

namespace tessera::detail {

/// Reads chunks, decodes each once, and brings their cells to those who want them.
///
/// A rank works on a *wave* of units at a time while the messages of the one before travel. It never waits for one
/// message while it could go on with another one, and all go through units in the same order: so the first unit that
/// is not done yet can always be done, however little memory there is for messages.
class ChunkReads {
 public:
  ChunkReads(const comm::Communicator& comm, std::size_t threads);

  /// What the next read() needs. Local. \param memory bytes for messages that are under way, where that is enough for
  /// the largest \throws std::bad_alloc
  void prepare(const ReadSources& sources, ReadPlan plan, std::size_t memory);

  /// What it was prepared with: the next read() may be of other places.
  ReadPlan& plan() noexcept { return plan_; }

  /// Collective. Where it throws (ranks are missing) this has to stay for ever. \param failure of this rank, which
  /// takes part to the end
  void read(const ReadJob& job, std::optional<Error>& failure);

 private:
  /// Units whose messages are in memory together.
  struct Wave {
    Buffer memory;
    std::vector<std::size_t> offsets;  ///< of the units' messages in it
    std::vector<comm::Pending> messages;
    bool is_sent();
  };

  /// Takes what arrives until `ready` says so. The limit of a wait is that of one message.
  template <class Ready>
  void take_until(const Ready& ready, std::optional<Error>& failure);
  std::size_t end_of_wave(std::size_t first) const;
  void decode(const ReadJob& job, std::size_t first, std::size_t end, Wave& wave, std::optional<Error>& failure);
  void send(std::size_t first, std::size_t end, Wave& wave);

  const comm::Communicator& comm_;
  Workers workers_;
  std::vector<UnitReader> readers_;  ///< by thread
  ReadPlan plan_;
  ReadUnits units_;
  std::size_t wave_bytes_ = 0;
  std::array<Wave, 2> waves_;
  Arrivals arrivals_;
};

}  // namespace tessera::detail
