#include "comm/node.hpp"

#include <algorithm>
#include <vector>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

namespace {

bool has(const CpuSet& set, std::size_t cpu) { return (set[cpu / 64] >> (cpu % 64) & 1) != 0; }

/// How many of the sets have each processor.
std::vector<int> users(std::span<const CpuSet> all) {
  std::vector<int> counts(64 * std::tuple_size_v<CpuSet>);
  for (const CpuSet& set : all) {
    for (std::size_t cpu = 0; cpu < counts.size(); ++cpu) counts[cpu] += has(set, cpu) ? 1 : 0;
  }
  return counts;
}

constexpr double rounding = 1e-6;

double exact_share(const CpuSet& own, const std::vector<int>& counts) {
  double share = 0;
  for (std::size_t cpu = 0; cpu < counts.size(); ++cpu) {
    if (has(own, cpu)) share += 1.0 / std::max(1, counts[cpu]);
  }
  return share;
}

/// Calls `evaluate` with every rank's processors on this rank's node, in the order of `comm`, this rank's number among
/// them, and the rank in `comm` that the first of them has. What fails on one rank, all ranks throw.
template <class Evaluate>
void look(const Communicator& comm, const Evaluate& evaluate) {
  confirm(comm);  // what follows has no non-blocking form
  MPI_Comm node = MPI_COMM_NULL;
  check(MPI_Comm_split_type(comm.get(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &node),
        "MPI_Comm_split_type");
  int size = 1;
  int rank = 0;
  check(MPI_Comm_size(node, &size), "MPI_Comm_size");
  check(MPI_Comm_rank(node, &rank), "MPI_Comm_rank");
  int first = comm.rank();
  check(MPI_Bcast(&first, 1, MPI_INT, 0, node), "MPI_Bcast");
  std::optional<Error> failure;
  std::vector<CpuSet> all;
  attempt(failure, [&] { all.resize(static_cast<std::size_t>(size)); });
  int lacks_memory = failure ? 1 : 0;
  check(MPI_Allreduce(MPI_IN_PLACE, &lacks_memory, 1, MPI_INT, MPI_MAX, node), "MPI_Allreduce");
  if (lacks_memory == 0) {
    const CpuSet own = allowed_cpus();
    constexpr int words = static_cast<int>(std::tuple_size_v<CpuSet>);
    check(MPI_Allgather(own.data(), words, MPI_UINT64_T, all.data(), words, MPI_UINT64_T, node), "MPI_Allgather");
    attempt(failure, [&] { evaluate(all, rank, first); });
  }
  check(MPI_Comm_free(&node), "MPI_Comm_free");
  conclude(comm, "looking at the node", failure);
}

}  // namespace

int fair_share(const CpuSet& own, std::span<const CpuSet> all) {
  return std::max(1, static_cast<int>(exact_share(own, users(all)) + rounding));
}

int processors_per_rank(const Communicator& comm) {
  int share = 1;
  look(comm, [&](std::span<const CpuSet> all, int rank, int) {
    share = fair_share(all[static_cast<std::size_t>(rank)], all);
  });
  return share;
}

Node query_own_node(const Communicator& comm) {
  Node node;
  look(comm, [&](std::span<const CpuSet> all, int rank, int first) {
    const std::vector<int> counts = users(all);
    node.rank = rank;
    node.first = first;
    node.ranks = static_cast<int>(all.size());
    node.processors = static_cast<int>(std::ranges::count_if(counts, [](int count) { return count > 0; }));
    node.share = fair_share(all[static_cast<std::size_t>(rank)], all);
    node.crowded = std::ranges::any_of(all, [&](const CpuSet& own) { return exact_share(own, counts) < 1 - rounding; });
  });
  return node;
}

Node query_node(const Communicator& comm) {
  Node node = query_own_node(comm);
  const int leader = node.rank == 0 ? 1 : 0;
  check(MPI_Allreduce(&leader, &node.nodes, 1, MPI_INT, MPI_SUM, comm.get()), "MPI_Allreduce");
  return node;
}

}  // namespace tessera::comm
