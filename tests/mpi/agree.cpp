#include <gtest/gtest.h>

#include <unistd.h>

#include "comm/abandon.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/gather.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Error;
using tessera::ErrorCode;
using namespace tessera::comm;

namespace {

class Agree : public testing::Test {
 protected:
  bool is(int rank) const { return comm.rank() == rank; }
  std::string on(int rank) const { return comm.size() == 1 ? "" : "rank " + std::to_string(rank); }

  const Communicator comm{MPI_COMM_WORLD};
};

TEST_F(Agree, SameCallReturnsTheFlagsOfAll) {
  const std::uint64_t own = 0xf0 | (std::uint64_t{1} << comm.rank());
  const std::uint64_t common = comm.size() == 1 ? 0xf1 : 0xf0;
  EXPECT_EQ(agree(comm, {"call", {}, own}).flags, common);
  EXPECT_EQ(agree(comm, {"call", {}, ~std::uint64_t{0}}).flags, ~std::uint64_t{0});
  EXPECT_EQ(agree(comm, {"call"}).flags, 0u);
}

/// OMPIO of Open MPI 5.0.3 writes wrong data on a communicator that has one.
TEST_F(Agree, NoTopologyIsTakenOver) {
  const int size = comm.size();
  const int periodic = 0;
  MPI_Comm cartesian = MPI_COMM_NULL;
  ASSERT_EQ(MPI_Cart_create(MPI_COMM_WORLD, 1, &size, &periodic, 0, &cartesian), MPI_SUCCESS);
  {
    const Communicator own(cartesian);
    int topology = MPI_CART;
    ASSERT_EQ(MPI_Topo_test(own.get(), &topology), MPI_SUCCESS);
    EXPECT_EQ(topology, MPI_UNDEFINED);
  }
  MPI_Comm_free(&cartesian);
}

TEST_F(Agree, TextOfAnyLengthIsOneCall) {
  EXPECT_NO_THROW(agree(comm, {""}));
  EXPECT_NO_THROW(agree(comm, {std::string(100000, 'x')}));
}

TEST_F(Agree, OneOtherCallIsNamedWithBothTexts) {
  for (int odd = 0; comm.size() > 1 && odd < comm.size(); ++odd) {
    const int usual = odd == 0 ? 1 : 0;
    Wanted wanted{ErrorCode::ranks_disagree, {"call A", "call B", on(odd), on(usual), "calls in the same order"}};
    if (comm.size() > 2) wanted.ranks = {odd};
    expect_error(wanted, [&] { agree(comm, {is(odd) ? "call B" : "call A"}); });
  }
}

TEST_F(Agree, CallsThatDifferInTheLastLetterOnly) {
  if (comm.size() == 1) return;  // nobody to disagree with
  expect_error({ErrorCode::ranks_disagree, {}},
               [&] { agree(comm, {std::string(5000, 'x') + (is(comm.size() - 1) ? "a" : "b")}); });
}

TEST_F(Agree, EveryRankWithACallOfItsOwn) {
  if (comm.size() == 1) return;
  expect_error({ErrorCode::ranks_disagree, {"call 0", "call 1", "rank 0", "rank 1"}},
               [&] { agree(comm, {"call " + std::to_string(comm.rank())}); });
}

/// They are no reason for an error; all ranks learn of it.
TEST_F(Agree, ValuesThatDifferAreToldApart) {
  Call call{"call"};
  call.values = "0.1";
  EXPECT_TRUE(agree(comm, call).same_values);
  for (int odd = 0; comm.size() > 1 && odd < comm.size(); ++odd) {
    call.values = is(odd) ? "0.2" : "0.1";
    const Outcome outcome = agree(comm, call);
    EXPECT_FALSE(outcome.same_values);
    EXPECT_TRUE(outcome.same_call);
  }
}

TEST_F(Agree, AnErrorOfOneRankIsThrownByAll) {
  for (int failing = 0; failing < comm.size(); ++failing) {
    expect_error({ErrorCode::out_of_bounds, {"it failed", on(failing)}, {failing}}, [&] {
      agree(comm, {"call", is(failing) ? std::optional(Error(ErrorCode::out_of_bounds, "it failed")) : std::nullopt});
    });
  }
}

TEST_F(Agree, OfSeveralErrorsTheLowestRanksIsThrownAndAllRanksAreNamed) {
  if (comm.size() < 3) return;  // takes two failing ranks and one that does not fail
  const int last = comm.size() - 1;
  std::optional<Error> own;
  if (is(1)) own.emplace(ErrorCode::overlap, "first reason");
  if (is(last)) own.emplace(ErrorCode::storage, "second reason");
  expect_error({ErrorCode::overlap, {"first reason", "ranks 1 and " + std::to_string(last)}, {1, last}}, [&] {
    agree(comm, {"call", own});
  });
}

/// No rank's failure is passed over: how many have another cause, and one of these.
TEST_F(Agree, AnotherCauseIsToldToo) {
  if (comm.size() < 3) return;
  std::optional<Error> own(std::in_place, ErrorCode::storage, "no space");
  if (is(0)) own.reset();
  if (is(comm.size() - 1)) own.emplace(ErrorCode::out_of_memory, "no memory");
  std::set<int> failed;
  for (int rank = 1; rank < comm.size(); ++rank) failed.insert(rank);
  expect_error({ErrorCode::storage,
                {comm.size() == 3 ? "ranks 1 and 2: no space" : "ranks 1, 2 and 3: no space",
                 ". That is rank 1; 1 of the others has another cause, rank " + std::to_string(comm.size() - 1) +
                     ": no memory"},
                failed},
               [&] {
                 agree(comm, {"call", own});
               });
}

TEST_F(Agree, EveryRankWithACauseOfItsOwn) {
  if (comm.size() < 3) return;
  const std::string others = std::to_string(comm.size() - 1);
  expect_error({ErrorCode::storage,
                {"cause 0. That is rank 0; " + others + " of the others have another cause, rank 1: cause 1"}},
               [&] {
                 agree(comm, {"call", Error(ErrorCode::storage, "cause " + std::to_string(comm.rank()))});
               });
}

/// The same text with another code is another cause.
TEST_F(Agree, AnotherCodeIsAnotherCause) {
  if (comm.size() == 1) return;
  const ErrorCode code = is(0) ? ErrorCode::storage : ErrorCode::hdf5;
  expect_error({ErrorCode::storage, {"it failed", "another cause, rank 1: it failed"}}, [&] {
    agree(comm, {"call", Error(code, "it failed")});
  });
}

/// The context comes from the rank that failed: others may be in another call.
TEST_F(Agree, TheContextComesBeforeTheRanks) {
  const int failing = comm.size() - 1;
  Call call{is(failing) ? "this" : "that"};
  call.context = is(failing) ? "commit of step 3 of run 'a'" : "close() of 'x'";
  if (is(failing)) call.error.emplace(ErrorCode::storage, "no space");
  const std::string rank = "rank " + std::to_string(failing) + ": ";
  expect_error({ErrorCode::storage, {"commit of step 3 of run 'a': " + rank + "no space"}, {failing}},
               [&] { agree(comm, call); });
}

TEST_F(Agree, WhatRankZeroTellsReachesAll) {
  EXPECT_EQ(agree(comm, {"call", {}, 0, is(0) ? 77u : 12u}).from_root, 77u);
  const Outcome outcome = try_agree(comm, {"call", Error(ErrorCode::mpi, "it failed"), 0, is(0) ? 77u : 12u});
  EXPECT_TRUE(outcome.error);
  EXPECT_EQ(outcome.from_root, 77u);
}

TEST_F(Agree, AnErrorOfAllRanksNamesNone) {
  std::set<int> all;
  for (int rank = 0; rank < comm.size(); ++rank) all.insert(rank);
  const auto thrown = thrown_by([&] { agree(comm, {"call", Error(ErrorCode::mpi, "it failed")}); });
  expect_same_error(thrown, {ErrorCode::mpi, {"it failed"}, all});
  if (comm.size() > 1) {
    EXPECT_EQ(thrown.what, "it failed");
  }
}

TEST_F(Agree, AnErrorComesBeforeADisagreement) {
  std::optional<Error> own;
  if (is(0)) own.emplace(ErrorCode::storage, "no space");
  expect_error({ErrorCode::storage, {"no space"}, {0}}, [&] {
    agree(comm, {"call " + std::to_string(comm.rank()), own});
  });
}

TEST_F(Agree, MessagesKeepEveryByte) {
  const std::string text = "12 34 \xc3\xbc \"quoted\" \n second line " + std::string(20000, 'z');
  const auto thrown = thrown_by([&] {
    agree(comm, {"call", is(comm.size() - 1) ? std::optional(Error(ErrorCode::hdf5, text)) : std::nullopt});
  });
  expect_same_error(thrown, {ErrorCode::hdf5, {text}});
}

TEST_F(Agree, GoesOnAfterAnError) {
  for (int round = 0; round < 50; ++round) {
    const int failing = round % comm.size();
    EXPECT_THROW(agree(comm, {"call", is(failing) ? std::optional(Error(ErrorCode::mpi, "it failed")) : std::nullopt}),
                 Error);
    EXPECT_NO_THROW(agree(comm, {"call"}));
  }
}

TEST_F(Agree, TryAgreeTellsWhetherTheCallWasTheSame) {
  const Outcome fine = try_agree(comm, {"call", {}, 5});
  EXPECT_TRUE(fine.same_call);
  EXPECT_FALSE(fine.error);
  EXPECT_EQ(fine.flags, 5u);
  const Outcome failed = try_agree(comm, {"call", Error(ErrorCode::mpi, "it failed")});
  EXPECT_TRUE(failed.same_call);
  EXPECT_TRUE(failed.error);
  if (comm.size() == 1) return;
  const Outcome different = try_agree(comm, {is(0) ? "call A" : "call B"});
  EXPECT_FALSE(different.same_call);
  EXPECT_TRUE(different.error);
}

TEST_F(Agree, BroadcastsTextOfAnyLength) {
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{100000}}) {
    const int root = comm.size() - 1;
    const std::string text(length, 'r');
    EXPECT_EQ(broadcast_text(comm, root, is(root) ? text : "something else"), text);
  }
}

TEST_F(Agree, ARankThatLeavesIsNamedToTheOthers) {
  for (int leaver = 0; comm.size() > 1 && leaver < comm.size(); ++leaver) {
    const Communicator own(MPI_COMM_WORLD);
    if (is(leaver)) {
      EXPECT_EQ(abandon(own, 10), std::optional(std::vector{leaver}));
    } else {
      const auto thrown = thrown_by([&] { agree(own, {"call"}); });
      EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::abandoned));
      EXPECT_EQ(thrown.ranks, std::vector{leaver});
      EXPECT_NE(thrown.what.find(on(leaver) + " of " + std::to_string(own.size())), std::string::npos) << thrown.what;
      EXPECT_NE(thrown.what.find("call close() on every rank"), std::string::npos) << thrown.what;
    }
  }
}

TEST_F(Agree, ARankThatLeavesComesBeforeAnErrorAndADisagreement) {
  if (comm.size() < 3) return;  // takes one that leaves, one with an error, one with another call
  if (is(2)) {
    EXPECT_EQ(abandon(comm, 10), std::optional(std::vector{2}));
    return;
  }
  std::optional<Error> own;
  if (is(0)) own.emplace(ErrorCode::storage, "no space");
  const auto thrown = thrown_by([&] { agree(comm, {is(0) ? "call A" : "call B", own}); });
  EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::abandoned));
  EXPECT_NE(thrown.what.find("Besides, rank 0 had noted an error (storage)"), std::string::npos) << thrown.what;
}

TEST_F(Agree, AllRanksLeaveTogether) {
  std::vector<int> all;
  for (int rank = 0; rank < comm.size(); ++rank) all.push_back(rank);
  EXPECT_EQ(abandon(comm, 10), std::optional(all));
}

/// The time is up before the others come; they may never come.
TEST_F(Agree, ARankThatLeavesDoesNotWaitForEver) {
  if (comm.size() == 1) return;  // nobody to wait for
  if (is(0)) {
    const double begin = MPI_Wtime();
    EXPECT_EQ(abandon(comm, 0.3), std::nullopt);
    EXPECT_LT(MPI_Wtime() - begin, 5);
  }
  // The others call nothing. The communicator can be freed, and MPI ends in order.
}

/// They come when the one that left has stopped waiting. They must not wait for it either.
TEST_F(Agree, OthersThatComeTooLateLearnWhoLeft) {
  if (comm.size() == 1) return;
  const int leaver = comm.size() - 1;
  if (is(leaver)) {
    EXPECT_EQ(abandon(comm, 0.1), std::nullopt);
    MPI_Barrier(MPI_COMM_WORLD);
    return;
  }
  usleep(700 * 1000);
  const auto thrown = thrown_by([&] { agree(comm, {"call"}); });
  EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::abandoned));
  EXPECT_EQ(thrown.ranks, std::vector{leaver});
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_F(Agree, AllComeTellsWhetherTheyDo) {
  EXPECT_TRUE(all_arrive(comm, 10));
  if (comm.size() == 1) return;
  const Communicator own(MPI_COMM_WORLD);
  if (is(0)) return;
  EXPECT_FALSE(all_arrive(own, 0.2));
}

TEST_F(Agree, GathersValuesOfDifferentLengths) {
  const std::vector<std::int64_t> own(static_cast<std::size_t>(comm.rank() * 3), comm.rank());
  const Gathered all = all_gather(comm, own);
  ASSERT_EQ(all.begin.size(), static_cast<std::size_t>(comm.size()) + 1);
  for (int rank = 0; rank < comm.size(); ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    EXPECT_EQ(all.begin[at + 1] - all.begin[at], static_cast<std::size_t>(rank * 3));
    for (std::size_t i = all.begin[at]; i < all.begin[at + 1]; ++i) EXPECT_EQ(all.values[i], rank);
  }
}

}  // namespace
