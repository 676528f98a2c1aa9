#include "comm/node.hpp"

#include <algorithm>
#include <vector>

#include "comm/check.hpp"

namespace tessera::comm {

int fair_share(const CpuSet& own, std::span<const CpuSet> all) noexcept {
  double share = 0;
  for (std::size_t cpu = 0; cpu < 64 * own.size(); ++cpu) {
    const auto is_in = [&](const CpuSet& set) { return (set[cpu / 64] >> (cpu % 64) & 1) != 0; };
    if (!is_in(own)) continue;
    share += 1.0 / static_cast<double>(std::max<std::ptrdiff_t>(1, std::ranges::count_if(all, is_in)));
  }
  constexpr double rounding = 1e-6;
  return std::max(1, static_cast<int>(share + rounding));
}

int processors_per_rank(const Communicator& comm) {
  MPI_Comm node = MPI_COMM_NULL;
  check(MPI_Comm_split_type(comm.get(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &node), "MPI_Comm_split_type");
  int size = 1;
  check(MPI_Comm_size(node, &size), "MPI_Comm_size");
  const CpuSet own = allowed_cpus();
  std::vector<CpuSet> all(static_cast<std::size_t>(size));
  constexpr int words = static_cast<int>(std::tuple_size_v<CpuSet>);
  check(MPI_Allgather(own.data(), words, MPI_UINT64_T, all.data(), words, MPI_UINT64_T, node), "MPI_Allgather");
  check(MPI_Comm_free(&node), "MPI_Comm_free");
  return fair_share(own, all);
}

}  // namespace tessera::comm
