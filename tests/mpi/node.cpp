#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "comm/node.hpp"
#include "comm/node_memory.hpp"

/// \file
/// How many processors, and so encoding threads, a rank has for itself.

namespace tessera::comm {
namespace {

CpuSet cpus(int first, int count) {
  CpuSet set{};
  for (int cpu = first; cpu < first + count; ++cpu)
    set[static_cast<std::size_t>(cpu / 64)] |= std::uint64_t{1} << (cpu % 64);
  return set;
}

TEST(FairShare, OfRanksWithoutBinding) {
  const std::vector<CpuSet> all(4, cpus(0, 16));
  EXPECT_EQ(fair_share(all[0], all), 4);
}

TEST(FairShare, OfBoundRanksIsWhatTheyAreBoundTo) {
  const std::vector<CpuSet> all{cpus(0, 1), cpus(1, 1), cpus(2, 6), cpus(100, 28)};
  EXPECT_EQ(fair_share(all[0], all), 1);
  EXPECT_EQ(fair_share(all[2], all), 6);
  EXPECT_EQ(fair_share(all[3], all), 28);
}

TEST(FairShare, OfRanksThatOverlapInPart) {
  const std::vector<CpuSet> all{cpus(0, 8), cpus(4, 8)};
  EXPECT_EQ(fair_share(all[0], all), 6);
}

TEST(FairShare, IsOneWhereRanksFillTheProcessors) {
  const std::vector<CpuSet> all(7, cpus(0, 2));
  EXPECT_EQ(fair_share(all[0], all), 1);
}

TEST(Node, RanksShareItsProcessors) {
  const Communicator comm(MPI_COMM_WORLD);
  const int share = processors_per_rank(comm);
  EXPECT_GE(share, 1);
  EXPECT_LE(share, std::max(1, count_of(allowed_cpus())));
}

TEST(Node, IsLookedAtByAll) {
  const Communicator comm(MPI_COMM_WORLD);
  const Node node = query_node(comm);
  EXPECT_EQ(node.ranks, comm.size());  // the tests run on one node
  EXPECT_EQ(node.nodes, 1);
  EXPECT_EQ(node.rank, comm.rank());
  EXPECT_GE(node.processors, count_of(allowed_cpus()));
  EXPECT_EQ(node.share, processors_per_rank(comm));
  // Without binding all may run everywhere: their shares are whole where there are processors enough.
  if (count_of(allowed_cpus()) == node.processors) {
    EXPECT_EQ(node.crowded, node.ranks > node.processors);
  }
}

TEST(NodeMemory, IsThatOfAllRanks) {
  const Communicator comm(MPI_COMM_WORLD);
  for (int repetition = 0; repetition < 3; ++repetition) {
    const NodeMemory memory(comm, 4 * comm.ranks(), [](std::span<std::byte> bytes) {
      return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
    });
    ASSERT_EQ(memory.bytes().size(), 4 * comm.ranks());
    EXPECT_EQ(memory.ranks(), comm.size());
    EXPECT_EQ(memory.rank(), comm.rank());
    memory.bytes()[4 * static_cast<std::size_t>(comm.rank())] = static_cast<std::byte>(1 + comm.rank());
    MPI_Barrier(MPI_COMM_WORLD);
    for (int rank = 0; rank < comm.size(); ++rank) {
      EXPECT_EQ(memory.bytes()[4 * static_cast<std::size_t>(rank)], static_cast<std::byte>(1 + rank));
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  const std::string own = "tessera-" + std::to_string(::getpid()) + "-";
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(own)) << "it has no name any more";
  }
}

TEST(NodeMemory, IsNoneWhereItCannotBePrepared) {
  const Communicator comm(MPI_COMM_WORLD);
  const NodeMemory memory(comm, 100, [](std::span<std::byte>) { return false; });
  EXPECT_TRUE(memory.bytes().empty());
}

}  // namespace
}  // namespace tessera::comm
