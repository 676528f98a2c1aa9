#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "comm/combine.hpp"
#include "comm/exchange.hpp"
#include "comm/gather.hpp"
#include "comm/messages.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// What ranks send each other, of any size: MPI counts in int.

using namespace tessera_test;
using tessera::ErrorCode;
using namespace tessera::comm;

namespace {

class MessagesTest : public testing::Test {
 protected:
  const Communicator comm{MPI_COMM_WORLD};
};

TEST_F(MessagesTest, AllToAllBringsEveryListToItsRank) {
  const auto value = [](int from, int to, int i) { return std::int64_t{1000000} * from + 1000 * to + i; };
  std::vector<std::vector<std::int64_t>> outgoing(static_cast<std::size_t>(comm.size()));
  for (int to = 0; to < comm.size(); ++to) {
    // Ranks whose sum is odd send nothing to each other.
    const int count = (comm.rank() + to) % 2 == 0 ? 3 + comm.rank() : 0;
    for (int i = 0; i < count; ++i) outgoing[static_cast<std::size_t>(to)].push_back(value(comm.rank(), to, i));
  }
  const auto incoming = all_to_all(comm, outgoing);
  ASSERT_EQ(incoming.size(), outgoing.size());
  for (int from = 0; from < comm.size(); ++from) {
    const auto& list = incoming[static_cast<std::size_t>(from)];
    ASSERT_EQ(list.size(), (comm.rank() + from) % 2 == 0 ? static_cast<std::size_t>(3 + from) : 0u);
    for (std::size_t i = 0; i < list.size(); ++i) EXPECT_EQ(list[i], value(from, comm.rank(), static_cast<int>(i)));
  }
}

struct SumAndMax {
  double sum = 0;
  int most = 0;
};

void merge(SumAndMax& into, const SumAndMax& other) noexcept {
  into.sum += other.sum;
  into.most = std::max(into.most, other.most);
}

TEST_F(MessagesTest, CombinedValuesAreThoseOfAllRanks) {
  std::vector<SumAndMax> own;
  for (int i = 0; i < 3; ++i) own.push_back({comm.rank() + 0.5 * i, 10 * comm.rank() + i});
  Combination<SumAndMax, merge> combination(comm);
  combination.reserve(3);
  const std::span<SumAndMax> all = combination.values(3);
  std::ranges::copy(own, all.begin());
  combination.combine();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(all[static_cast<std::size_t>(i)].sum, comm.size() * (comm.size() - 1) / 2.0 + comm.size() * 0.5 * i);
    EXPECT_EQ(all[static_cast<std::size_t>(i)].most, 10 * (comm.size() - 1) + i);
  }
  EXPECT_TRUE(combination.values(0).empty());
  combination.combine();
}

TEST_F(MessagesTest, GatherBytesKeepsTheOrderOfRanks) {
  // Rank 1 has none.
  const std::vector<std::byte> own(comm.rank() == 1 ? 0 : 5 + static_cast<std::size_t>(comm.rank()),
                                   static_cast<std::byte>(comm.rank()));
  std::vector<std::byte> wanted;
  for (int rank = 0; comm.rank() == 0 && rank < comm.size(); ++rank) {
    wanted.insert(wanted.end(), rank == 1 ? 0 : 5 + static_cast<std::size_t>(rank), static_cast<std::byte>(rank));
  }
  EXPECT_EQ(gather_bytes(comm, own), wanted);
}

TEST_F(MessagesTest, AllGatherKeepsTheOrderOfRanks) {
  const Gathered all = all_gather(comm, std::vector<std::int64_t>(static_cast<std::size_t>(comm.rank()), comm.rank()));
  ASSERT_EQ(all.begin.size(), static_cast<std::size_t>(comm.size()) + 1);
  for (std::size_t rank = 0; rank + 1 < all.begin.size(); ++rank) {
    ASSERT_EQ(all.begin[rank + 1] - all.begin[rank], rank);
    for (std::size_t i = all.begin[rank]; i < all.begin[rank + 1]; ++i) {
      EXPECT_EQ(all.values[i], static_cast<std::int64_t>(rank));
    }
  }
}

TEST_F(MessagesTest, MoreNumbersThanMpiCountsAreRefusedOnAllRanks) {
  const std::uint64_t half = std::uint64_t{1} << 30;
  EXPECT_EQ(displacements({half, 0, half - 1}), (std::vector<int>{0, 1 << 30, 1 << 30}));
  const Wanted wanted{ErrorCode::invalid_argument,
                      {"2147483649 numbers", "rank 2", "1073741825", "fewer and larger"},
                      {2}};
  expect_error(wanted, [&] { displacements({half, 0, half + 1}); });
}

}  // namespace
