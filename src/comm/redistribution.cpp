#include "comm/redistribution.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/attempt.hpp"
#include "comm/keep.hpp"
#include "comm/message_tags.hpp"
#include "comm/messages.hpp"

namespace tessera::comm {

namespace {

std::size_t values_of_others(const Lists& lists, int rank) noexcept {
  std::size_t count = 0;
  for (std::size_t other = 0; other < lists.size(); ++other) {
    if (other != static_cast<std::size_t>(rank)) count += lists[other].size();
  }
  return count;
}

/// Copies of a constant size are single instructions.
template <std::size_t bytes>
void copy_values(const std::vector<std::int64_t>& places, const auto& copy) {
  for (std::size_t i = 0; i < places.size(); ++i) copy(i, static_cast<std::size_t>(places[i]), bytes);
}
void copy_values(const std::vector<std::int64_t>& places, std::size_t bytes, const auto& copy) {
  switch (bytes) {
    case 4: return copy_values<4>(places, copy);
    case 8: return copy_values<8>(places, copy);
    case 24: return copy_values<24>(places, copy);
    default:
      for (std::size_t i = 0; i < places.size(); ++i) copy(i, static_cast<std::size_t>(places[i]), bytes);
  }
}

void pack(const std::byte* from, const std::vector<std::int64_t>& places, std::size_t bytes, std::byte* into) {
  copy_values(places, bytes, [&](std::size_t i, std::size_t place, std::size_t size) {
    std::memcpy(into + i * size, from + place * size, size);
  });
}

void unpack(const std::byte* from, const std::vector<std::int64_t>& places, std::size_t bytes, std::byte* into) {
  copy_values(places, bytes, [&](std::size_t i, std::size_t place, std::size_t size) {
    std::memcpy(into + place * size, from + i * size, size);
  });
}

}  // namespace

class Redistribution::Memory {
 public:
  explicit Memory(const Communicator& comm) : messages(comm) {}
  std::vector<std::byte> out;
  std::vector<std::byte> in;
  Messages messages;
};

namespace {

/// Values of `source` at the places in `from` go to `target` at the places in `to` of the other ranks.
void exchange(const Communicator& comm, const Lists& from, const Lists& to, const std::byte* source, std::byte* target,
              std::size_t bytes, Redistribution::Memory& memory) {
  const auto self = static_cast<std::size_t>(comm.rank());
  const auto each_other = [&](const Lists& lists, std::vector<std::byte>& buffer, const auto& action) {
    std::size_t begin = 0;
    for (std::size_t rank = 0; rank < lists.size(); ++rank) {
      if (rank == self) continue;
      const std::size_t size = lists[rank].size() * bytes;
      action(rank, std::span(buffer).subspan(begin, size));
      begin += size;
    }
  };
  each_other(to, memory.in, [&](std::size_t rank, std::span<std::byte> part) {
    memory.messages.receive(static_cast<int>(rank), of_values, part);
  });
  each_other(from, memory.out, [&](std::size_t rank, std::span<std::byte> part) {
    pack(source, from[rank], bytes, part.data());
    memory.messages.send(static_cast<int>(rank), of_values, part);
  });
  for (std::size_t i = 0; i < from[self].size(); ++i) {
    std::memcpy(target + static_cast<std::size_t>(to[self][i]) * bytes,
                source + static_cast<std::size_t>(from[self][i]) * bytes, bytes);
  }
  memory.messages.finish();
  each_other(to, memory.in,
             [&](std::size_t rank, std::span<std::byte> part) { unpack(part.data(), to[rank], bytes, target); });
}

/// The same with memory that stays where it throws.
void exchange(const Communicator& comm, const Lists& from, const Lists& to, const std::byte* source, std::byte* target,
              std::size_t bytes, const std::shared_ptr<Redistribution::Memory>& memory) {
  try {
    exchange(comm, from, to, source, target, bytes, *memory);
  } catch (...) {
    keep_forever(memory);
    throw;
  }
}

}  // namespace

std::size_t rank_of(std::int64_t position, std::span<const std::int64_t> begins) {
  return static_cast<std::size_t>(std::ranges::upper_bound(begins, position) - begins.begin()) - 1;
}

Redistribution::Redistribution(const Communicator& comm, std::span<const std::int64_t> positions,
                               std::span<const std::int64_t> begins) {
  std::optional<Error> failure;
  Lists asked;
  attempt(failure, [&] {
    asked.resize(comm.ranks());
    own_.resize(comm.ranks());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (positions[i] < 0) continue;
      const std::size_t rank = rank_of(positions[i], begins);
      own_[rank].push_back(static_cast<std::int64_t>(i));
      asked[rank].push_back(positions[i] - begins[rank]);
    }
  });
  part_ = all_to_all(comm, std::move(asked), std::move(failure));
}

std::size_t Redistribution::reserved_bytes(const Communicator& comm, std::size_t bytes) const noexcept {
  return 2 * bytes * std::max(values_of_others(own_, comm.rank()), values_of_others(part_, comm.rank()));
}

std::shared_ptr<Redistribution::Memory> Redistribution::reserve(const Communicator& comm, std::size_t bytes) const {
  auto memory = std::make_shared<Memory>(comm);
  std::size_t most = 0;
  for (const Lists* lists : {&own_, &part_}) {
    for (const auto& list : *lists) most = std::max(most, list.size() * bytes);
  }
  const std::size_t own = values_of_others(own_, comm.rank()) * bytes;
  const std::size_t part = values_of_others(part_, comm.rank()) * bytes;
  memory->out.resize(std::max(own, part));
  memory->in.resize(std::max(own, part));
  memory->messages.reserve(comm.ranks(), comm.ranks(), most);
  return memory;
}

void Redistribution::forward(const Communicator& comm, const std::byte* own, std::byte* part, std::size_t bytes,
                             const std::shared_ptr<Memory>& memory) const {
  exchange(comm, own_, part_, own, part, bytes, memory);
}

void Redistribution::backward(const Communicator& comm, const std::byte* part, std::byte* own, std::size_t bytes,
                              const std::shared_ptr<Memory>& memory) const {
  exchange(comm, part_, own_, part, own, bytes, memory);
}

}  // namespace tessera::comm
