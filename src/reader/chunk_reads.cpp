#include "reader/chunk_reads.hpp"

#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "comm/message_tags.hpp"

namespace tessera::detail {

ChunkReads::ChunkReads(const comm::Communicator& comm, std::size_t threads)
    : comm_(comm), workers_(threads), readers_(workers_.count()), arrivals_(comm) {}

void ChunkReads::prepare(const ReadSources& sources, ReadPlan plan, std::size_t memory) {
  plan_ = std::move(plan);
  units_ = make_units(sources, plan_, comm_.rank());
  plan_.arriving = {};
  std::size_t largest = 0;
  std::size_t sent = 0;
  for (const ReadUnit& unit : units_.own) {
    largest = std::max(largest, unit.message_bytes);
    sent += unit.message_bytes;
  }
  std::size_t received = 0;
  for (const Arrival& arrival : units_.arriving) received += arrival.bytes;
  // A third each for what comes and for two waves of what leaves.
  const std::size_t share = memory / 3;
  wave_bytes_ = std::max(largest, std::min(sent, share));
  for (Wave& wave : waves_) wave.memory.reserve(wave_bytes_);
  arrivals_.reserve(std::max(units_.largest_message, std::min(received, share)));
}

bool ChunkReads::Wave::is_sent() {
  std::erase_if(messages, [](comm::Pending& message) { return message.is_done(); });
  return messages.empty();
}

std::size_t ChunkReads::end_of_wave(std::size_t first) const {
  // Others wait for messages until a wave is decoded; without any it may as well be all.
  const std::size_t most = wave_bytes_ == 0 ? units_.own.size() : 4 * workers_.count();
  std::size_t end = first;
  std::size_t bytes = 0;
  while (end < units_.own.size() && end - first < most) {
    bytes += units_.own[end].message_bytes;
    if (end > first && bytes > wave_bytes_) break;
    ++end;
  }
  return end;
}

void ChunkReads::read(const ReadJob& job, std::optional<Error>& failure) {
  arrivals_.begin(job, units_.arriving);
  for (std::size_t first = 0, number = 0; first < units_.own.size(); ++number) {
    Wave& wave = waves_[number % 2];
    take_until([&] { return wave.is_sent(); }, failure);
    const std::size_t end = end_of_wave(first);
    decode(job, first, end, wave, failure);
    send(first, end, wave);
    first = end;
  }
  const auto all_sent = [&] {
    const bool first_sent = waves_[0].is_sent();
    return waves_[1].is_sent() && first_sent;
  };
  take_until([&] { return all_sent() && arrivals_.left() == 0; }, failure);
}

template <class Ready>
void ChunkReads::take_until(const Ready& ready, std::optional<Error>& failure) {
  for (bool done = false; !done;) {
    const std::size_t left = arrivals_.left();
    comm_.watch().wait_until([&] {
      arrivals_.progress(failure);
      done = ready();
      return done || arrivals_.left() != left;
    });
  }
}

void ChunkReads::decode(const ReadJob& job, std::size_t first, std::size_t end, Wave& wave,
                        std::optional<Error>& failure) {
  wave.offsets.clear();
  std::size_t bytes = 0;
  for (std::size_t unit = first; unit < end; ++unit) {
    wave.offsets.push_back(bytes);
    bytes += units_.own[unit].message_bytes;
  }
  const auto work = [&](std::size_t thread, std::size_t number) {
    const ReadUnit& unit = units_.own[first + number];
    readers_[thread].read(job, unit, wave.memory.first(bytes).subspan(wave.offsets[number], unit.message_bytes));
  };
  std::optional<Error> failed = failure;
  std::optional<Error> meanwhile;
  attempt_unless(failed, [&] { workers_.run(end - first, work, [&] { arrivals_.progress(meanwhile); }); });
  if (!failure) failure = failed ? failed : meanwhile;
}

/// Also where decoding failed: the others wait for messages, and will be told.
void ChunkReads::send(std::size_t first, std::size_t end, Wave& wave) {
  for (std::size_t unit = first; unit < end; ++unit) {
    const std::byte* begin = wave.memory.data() + wave.offsets[unit - first];
    for (const UnitMessage& message : units_.own[unit].messages) {
      wave.messages.push_back(
          comm::Pending::send(comm_, message.to, comm::of_pieces, {begin + message.offset, message.bytes}));
    }
  }
}

}  // namespace tessera::detail
