#include "comm/exchange.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include "comm/check.hpp"
#include "comm/keep.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

/// MPI counts in int; this leaves every count far from its end.
constexpr std::size_t part_bytes = std::size_t{1} << 30;

enum Tag : int { of_all_to_all = 2, of_gather = 3 };  // 0 is that of the groups of a commit

/// Calls `transfer` with the parts of a message, in order; none where it is empty.
template <class Byte, class Transfer>
void for_each_part(std::span<Byte> bytes, const Transfer& transfer) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), part_bytes);
    transfer(bytes.first(size), static_cast<int>(size));
    bytes = bytes.subspan(size);
  }
}

/// What a rank without a contribution says instead of its size.
constexpr std::uint64_t none = UINT64_MAX;

}  // namespace

std::vector<std::vector<std::int64_t>> all_to_all(const Communicator& comm,
                                                  const std::vector<std::vector<std::int64_t>>& outgoing) {
  struct Sizes {
    std::vector<std::uint64_t> out;
    std::vector<std::uint64_t> in;
  };
  struct Lists {
    std::vector<std::vector<std::int64_t>> out;
    std::vector<std::vector<std::int64_t>> in;
  };
  const std::size_t ranks = comm.ranks();
  const auto self = static_cast<std::size_t>(comm.rank());
  Sizes sizes{{}, std::vector<std::uint64_t>(ranks)};
  for (const auto& list : outgoing) sizes.out.push_back(list.size());
  sizes = run(comm, std::move(sizes), [&](Sizes& s, MPI_Request* request) {
    check(MPI_Ialltoall(s.out.data(), 1, MPI_UINT64_T, s.in.data(), 1, MPI_UINT64_T, comm.get(), request),
          "MPI_Ialltoall");
  });
  const auto lists = std::make_shared<Lists>(Lists{outgoing, std::vector<std::vector<std::int64_t>>(ranks)});
  Messages messages(comm);
  messages.keep(lists);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    if (rank == self) continue;
    lists->in[rank].resize(sizes.in[rank]);
    messages.receive(static_cast<int>(rank), of_all_to_all, std::as_writable_bytes(std::span(lists->in[rank])));
  }
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    if (rank != self) messages.send(static_cast<int>(rank), of_all_to_all, std::as_bytes(std::span(lists->out[rank])));
  }
  lists->in[self] = outgoing[self];
  messages.finish();
  return std::move(lists->in);
}

std::uint64_t broadcast(const Communicator& comm, int root, std::uint64_t value) {
  return run(comm, value, [&](std::uint64_t& memory, MPI_Request* request) {
    check(MPI_Ibcast(&memory, 1, MPI_UINT64_T, root, comm.get(), request), "MPI_Ibcast");
  });
}

std::int64_t largest(const Communicator& comm, std::int64_t value) {
  return run(comm, value, [&](std::int64_t& memory, MPI_Request* request) {
    check(MPI_Iallreduce(MPI_IN_PLACE, &memory, 1, MPI_INT64_T, MPI_MAX, comm.get(), request), "MPI_Iallreduce");
  });
}

std::vector<std::byte> gather_bytes(const Communicator& comm, std::span<const std::byte> own) {
  return *gather_bytes_of_all(comm, own);
}

std::optional<std::vector<std::byte>> gather_bytes_of_all(const Communicator& comm,
                                                          std::optional<std::span<const std::byte>> own) {
  struct Sizes {
    std::uint64_t own = 0;
    std::vector<std::uint64_t> all;
  };
  Sizes sizes{own ? own->size() : none, std::vector<std::uint64_t>(comm.rank() == 0 ? comm.ranks() : 0)};
  sizes = run(comm, std::move(sizes), [&](Sizes& s, MPI_Request* request) {
    check(MPI_Igather(&s.own, 1, MPI_UINT64_T, s.all.data(), 1, MPI_UINT64_T, 0, comm.get(), request), "MPI_Igather");
  });
  const bool is_complete = std::ranges::find(sizes.all, none) == sizes.all.end();
  std::ranges::replace(sizes.all, none, std::uint64_t{0});
  const auto bytes = std::make_shared<std::vector<std::byte>>();
  if (own) bytes->assign(own->begin(), own->end());
  Messages messages(comm);
  messages.keep(bytes);
  if (comm.rank() != 0) {
    messages.send(0, of_gather, *bytes);
    messages.finish();
    return std::vector<std::byte>();
  }
  bytes->resize(std::accumulate(sizes.all.begin(), sizes.all.end(), std::uint64_t{0}));
  std::span<std::byte> rest = std::span(*bytes).subspan(sizes.all[0]);
  for (std::size_t rank = 1; rank < sizes.all.size(); rest = rest.subspan(sizes.all[rank]), ++rank) {
    messages.receive(static_cast<int>(rank), of_gather, rest.first(sizes.all[rank]));
  }
  messages.finish();
  if (!is_complete) return std::nullopt;
  return std::move(*bytes);
}

Messages::~Messages() {
  try {
    finish();
  } catch (...) {  // has been thrown before, or the next meeting will
  }
}

void Messages::keep(std::shared_ptr<void> memory) { kept_.push_back(std::move(memory)); }

// The parts of a message have the same tag: MPI keeps them in order (MPI 4.0, section 3.5).
void Messages::receive(int from, int tag, std::span<std::byte> into) {
  for_each_part(into, [&](std::span<std::byte> part, int size) {
    receives_.push_back(MPI_REQUEST_NULL);
    check(MPI_Irecv(part.data(), size, MPI_BYTE, from, tag, comm_.get(), &receives_.back()), "MPI_Irecv");
  });
}

void Messages::send(int to, int tag, std::span<const std::byte> bytes) {
  for_each_part(bytes, [&](std::span<const std::byte> part, int size) {
    sends_.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(part.data(), size, MPI_BYTE, to, tag, comm_.get(), &sends_.back()), "MPI_Isend");
  });
}

void Messages::progress() {
  is_done(receives_);
  is_done(sends_);
}

void Messages::finish_sending() { wait_for(sends_); }

void Messages::finish_receiving() { wait_for(receives_); }

void Messages::wait_for(std::vector<MPI_Request>& requests) {
  if (requests.empty()) return;
  std::vector<MPI_Request> waiting;
  waiting.swap(requests);  // whatever comes, nobody waits for them a second time
  try {
    comm_.watch().wait(waiting);
  } catch (...) {
    for (auto& memory : kept_) keep_forever(std::move(memory));
    throw;
  }
  waiting.clear();
  requests.swap(waiting);  // its memory serves again
}

}  // namespace tessera::comm
