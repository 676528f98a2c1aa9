#include "comm/gather.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <string>

#include "base/attempt.hpp"
#include "base/narrow.hpp"
#include "comm/agree.hpp"
#include "comm/check.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

struct Memory {
  std::vector<std::int64_t> own;
  std::vector<int> counts;
  std::vector<int> begins;
  std::vector<std::int64_t> all;
};

/// The ranks' lengths in memory().from_ranks. Needs no memory.
void exchange_lengths(const Communicator& comm, std::uint64_t own) {
  AgreementBuffers& memory = comm.memory();
  memory.number = own;
  run(comm, [&](MPI_Request* request) {
    check(MPI_Iallgather(&memory.number, 1, MPI_UINT64_T, memory.from_ranks.data(), 1, MPI_UINT64_T, comm.get(),
                         request),
          "MPI_Iallgather");
  });
}

}  // namespace

std::vector<int> displacements(const std::vector<std::uint64_t>& counts) {
  const std::uint64_t total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  constexpr std::uint64_t limit = std::numeric_limits<int>::max();
  if (total > limit) {
    const auto most = std::ranges::max_element(counts);
    const auto rank = static_cast<int>(most - counts.begin());
    throw Error(ErrorCode::invalid_argument,
                "the boxes of all ranks are described by " + std::to_string(total) +
                    " numbers, and MPI gathers at most " + std::to_string(limit) + "; rank " + std::to_string(rank) +
                    " has most of them, " + std::to_string(*most) + ": put fewer and larger boxes",
                {rank});
  }
  std::vector<int> result(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), result.begin(), 0);
  return result;
}

Gathered all_gather(const Communicator& comm, std::vector<std::int64_t> own, std::optional<Error> failure) {
  exchange_lengths(comm, failure ? 0 : own.size());
  std::shared_ptr<Memory> memory;
  Gathered result;
  attempt_unless(failure, [&] {
    const auto& lengths = comm.memory().from_ranks;
    memory = std::make_shared<Memory>();
    memory->own = std::move(own);
    memory->begins = displacements(lengths);
    memory->counts.assign(lengths.begin(), lengths.end());
    result.begin.assign(memory->begins.begin(), memory->begins.end());
    result.begin.push_back(result.begin.back() + static_cast<std::size_t>(memory->counts.back()));
    memory->all.resize(result.begin.back());
  });
  conclude(comm, "gathering", failure);
  run_on(comm, memory, [&](Memory& m, MPI_Request* request) {
    check(MPI_Iallgatherv(m.own.data(), static_cast<int>(m.own.size()), MPI_INT64_T, m.all.data(), m.counts.data(),
                          m.begins.data(), MPI_INT64_T, comm.get(), request),
          "MPI_Iallgatherv");
  });
  result.values = std::move(memory->all);
  return result;
}

std::vector<std::int64_t> all_gather_equal(const Communicator& comm, std::vector<std::int64_t> own, std::size_t count,
                                           std::optional<Error> failure) {
  std::shared_ptr<Memory> memory;
  attempt_unless(failure, [&] {
    memory = std::make_shared<Memory>();
    memory->own = std::move(own);
    memory->all.resize(count * comm.ranks());
    narrow<int>(memory->all.size(), "the numbers of all ranks together");
  });
  conclude(comm, "gathering", failure);
  run_on(comm, memory, [&](Memory& m, MPI_Request* request) {
    const int length = static_cast<int>(count);
    check(MPI_Iallgather(m.own.data(), length, MPI_INT64_T, m.all.data(), length, MPI_INT64_T, comm.get(), request),
          "MPI_Iallgather");
  });
  return std::move(memory->all);
}

}  // namespace tessera::comm
