#include "comm/exchange.hpp"

#include <algorithm>
#include <memory>

#include "base/attempt.hpp"
#include "base/narrow.hpp"
#include "comm/agree.hpp"
#include "comm/check.hpp"
#include "comm/message_tags.hpp"
#include "comm/messages.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

/// The lengths of the lists that this rank gets, in memory().from_ranks.
void exchange_lengths(const Communicator& comm, const Lists& outgoing, bool has_failed) {
  AgreementBuffers& memory = comm.memory();
  std::ranges::fill(memory.to_ranks, std::uint64_t{0});
  if (!has_failed) std::ranges::transform(outgoing, memory.to_ranks.begin(), &std::vector<std::int64_t>::size);
  run(comm, [&](MPI_Request* request) {
    check(MPI_Ialltoall(memory.to_ranks.data(), 1, MPI_UINT64_T, memory.from_ranks.data(), 1, MPI_UINT64_T, comm.get(),
                        request),
          "MPI_Ialltoall");
  });
}

template <class T>
std::vector<T> reduce(const Communicator& comm, std::vector<T> values, MPI_Datatype type, MPI_Op operation,
                      std::optional<Error> failure) {
  std::shared_ptr<std::vector<T>> memory;
  attempt_unless(failure, [&] {
    narrow<int>(values.size(), "the number of values");
    memory = std::make_shared<std::vector<T>>(std::move(values));
  });
  conclude(comm, "comparing", failure);
  run_on(comm, memory, [&](std::vector<T>& all, MPI_Request* request) {
    check(MPI_Iallreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), type, operation, comm.get(), request),
          "MPI_Iallreduce");
  });
  return std::move(*memory);
}

}  // namespace

Lists all_to_all(const Communicator& comm, Lists outgoing, std::optional<Error> failure) {
  struct Memory {
    Lists out;
    Lists in;
  };
  exchange_lengths(comm, outgoing, failure.has_value());
  const auto self = static_cast<std::size_t>(comm.rank());
  std::shared_ptr<Memory> memory;
  Messages messages(comm);
  attempt_unless(failure, [&] {
    const auto& lengths = comm.memory().from_ranks;
    memory = std::make_shared<Memory>();
    memory->out = std::move(outgoing);
    memory->in.resize(comm.ranks());
    std::size_t most = 0;
    for (std::size_t rank = 0; rank < comm.ranks(); ++rank) {
      if (rank != self) memory->in[rank].resize(lengths[rank]);
      most = std::max({most, memory->in[rank].size(), memory->out[rank].size()});
    }
    memory->in[self] = std::move(memory->out[self]);
    messages.reserve(comm.ranks(), comm.ranks(), most * sizeof(std::int64_t));
  });
  conclude(comm, "exchanging", failure);
  messages.keep(memory);
  for (std::size_t rank = 0; rank < comm.ranks(); ++rank) {
    if (rank == self) continue;
    messages.receive(static_cast<int>(rank), of_all_to_all, std::as_writable_bytes(std::span(memory->in[rank])));
  }
  for (std::size_t rank = 0; rank < comm.ranks(); ++rank) {
    if (rank != self) messages.send(static_cast<int>(rank), of_all_to_all, std::as_bytes(std::span(memory->out[rank])));
  }
  messages.finish();
  return std::move(memory->in);
}

std::int64_t max_over_ranks(const Communicator& comm, std::int64_t value) {
  AgreementBuffers& memory = comm.memory();
  memory.number = static_cast<std::uint64_t>(value);
  run(comm, [&](MPI_Request* request) {
    check(MPI_Iallreduce(MPI_IN_PLACE, &memory.number, 1, MPI_INT64_T, MPI_MAX, comm.get(), request), "MPI_Iallreduce");
  });
  return static_cast<std::int64_t>(memory.number);
}

std::vector<std::int64_t> max_over_ranks(const Communicator& comm, std::vector<std::int64_t> values,
                                         std::optional<Error> failure) {
  return reduce(comm, std::move(values), MPI_INT64_T, MPI_MAX, std::move(failure));
}

std::vector<std::uint64_t> common_bits(const Communicator& comm, std::vector<std::uint64_t> words,
                                       std::optional<Error> failure) {
  return reduce(comm, std::move(words), MPI_UINT64_T, MPI_BAND, std::move(failure));
}

}  // namespace tessera::comm
