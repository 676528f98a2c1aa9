#include "comm/exchange.hpp"

#include <algorithm>
#include <numeric>

#include "comm/check.hpp"

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

}  // namespace

std::vector<std::vector<std::int64_t>> all_to_all(const Communicator& comm,
                                                  const std::vector<std::vector<std::int64_t>>& outgoing) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  const auto self = static_cast<std::size_t>(comm.rank());
  std::vector<std::uint64_t> sizes;
  for (const auto& list : outgoing) sizes.push_back(list.size());
  std::vector<std::uint64_t> incoming_sizes(ranks);
  check(MPI_Alltoall(sizes.data(), 1, MPI_UINT64_T, incoming_sizes.data(), 1, MPI_UINT64_T, comm.get()), "MPI_Alltoall");
  std::vector<std::vector<std::int64_t>> result(ranks);
  Messages messages(comm);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    if (rank == self) continue;
    result[rank].resize(incoming_sizes[rank]);
    messages.receive(static_cast<int>(rank), of_all_to_all, std::as_writable_bytes(std::span(result[rank])));
  }
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    if (rank != self) messages.send(static_cast<int>(rank), of_all_to_all, std::as_bytes(std::span(outgoing[rank])));
  }
  result[self] = outgoing[self];
  messages.finish();
  return result;
}

std::uint64_t broadcast(const Communicator& comm, int root, std::uint64_t value) {
  check(MPI_Bcast(&value, 1, MPI_UINT64_T, root, comm.get()), "MPI_Bcast");
  return value;
}

std::int64_t largest(const Communicator& comm, std::int64_t value) {
  check(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, comm.get()), "MPI_Allreduce");
  return value;
}

std::vector<std::byte> gather_bytes(const Communicator& comm, std::span<const std::byte> own) {
  const std::uint64_t size = own.size();
  std::vector<std::uint64_t> sizes(comm.rank() == 0 ? static_cast<std::size_t>(comm.size()) : 0);
  check(MPI_Gather(&size, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, 0, comm.get()), "MPI_Gather");
  std::vector<std::byte> all;
  Messages messages(comm);
  if (comm.rank() != 0) {
    messages.send(0, of_gather, own);
    messages.finish();
    return all;
  }
  all.resize(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
  std::ranges::copy(own, all.begin());
  std::span<std::byte> rest = std::span(all).subspan(own.size());
  for (std::size_t rank = 1; rank < sizes.size(); rest = rest.subspan(sizes[rank]), ++rank) {
    messages.receive(static_cast<int>(rank), of_gather, rest.first(sizes[rank]));
  }
  messages.finish();
  return all;
}

namespace {

void wait_for(std::vector<MPI_Request>& requests) {
  check(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
  requests.clear();
}

}  // namespace

Messages::~Messages() {
  for (MPI_Request& request : receives_) MPI_Wait(&request, MPI_STATUS_IGNORE);
  for (MPI_Request& request : sends_) MPI_Wait(&request, MPI_STATUS_IGNORE);
}

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
  for (auto* requests : {&receives_, &sends_}) {
    int done = 0;
    check(MPI_Testall(static_cast<int>(requests->size()), requests->data(), &done, MPI_STATUSES_IGNORE), "MPI_Testall");
  }
}

void Messages::finish_sending() { wait_for(sends_); }

void Messages::finish_receiving() { wait_for(receives_); }

}  // namespace tessera::comm
