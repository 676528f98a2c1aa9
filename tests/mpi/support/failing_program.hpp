#pragma once

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <tessera/error.hpp>

#include "support/no_memory.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Programs that are run again and again; each time another allocation of one rank fails.

namespace tessera_test {

/// What fails in a run of a program.
struct Failure {
  int culprit = 0;                   ///< the rank
  std::size_t number = 0;            ///< of the allocation
  bool and_all_that_follow = false;  ///< until the call ends

  std::string text() const {
    return "with allocation " + std::to_string(number) + (and_all_that_follow ? " and all that follow" : "") +
           " of rank " + std::to_string(culprit);
  }
};

/// One run. All of its calls are made on all ranks.
class FailingProgram {
 public:
  explicit FailingProgram(const Failure& failure)
      : failing_(world_rank() == failure.culprit ? failure.number : 0, failure.and_all_that_follow) {}

  /// Collective. \returns whether an allocation failed
  bool has_failed() const {
    int failed = failing_.has_failed() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return failed != 0;
  }

  /// Makes a call: all ranks throw the same, `out_of_memory` where the allocation fails in it. Then it is made once
  /// more.
  /// \param refusal the code that it throws anyway; then it may throw that where an allocation fails, too
  template <class Call>
  void make(const Call& call, int refusal = 0) {
    ++calls_;
    const Thrown thrown = thrown_by([&] {
      const FailingAllocation::Enabled enabled;
      call();
    });
    expect_same_code(thrown);
    const bool is_failed = has_failed() && !was_failed_;
    was_failed_ = was_failed_ || is_failed;
    failing_.end_if_failed();
    if (!is_failed || thrown.code == refusal) {
      EXPECT_EQ(thrown.code, refusal) << "call " << calls_ << ": " << thrown.what;
      return;
    }
    EXPECT_EQ(thrown.code, static_cast<int>(tessera::ErrorCode::out_of_memory))
        << "call " << calls_ << ": " << thrown.what;
    const Thrown again = thrown_by(call);
    EXPECT_EQ(again.code, refusal) << "call " << calls_ << " once more: " << again.what;
  }

  /// Does something that may not throw, whatever fails.
  template <class Action>
  void run_through(const Action& action) {
    const FailingAllocation::Enabled enabled;
    action();
  }

 private:
  void expect_same_code(const Thrown& thrown) const {
    int codes[2] = {thrown.code, -thrown.code};
    MPI_Allreduce(MPI_IN_PLACE, codes, 2, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    EXPECT_EQ(codes[0], -codes[1]) << "call " << calls_ << ": here " << thrown.what;
  }

  FailingAllocation failing_;
  int calls_ = 0;
  bool was_failed_ = false;
};

/// Every `stride`-th allocation of a rank fails, from the `begin`-th on, until a program runs through without a
/// failure.
template <class Program>
void fail_each(Failure failure, std::size_t stride) {
  for (; Program(failure).run(); failure.number += stride) {
    if (!testing::Test::HasFailure()) continue;
    ADD_FAILURE() << failure.text();
    return;
  }
  EXPECT_FALSE(testing::Test::HasFailure()) << failure.text();
  EXPECT_GT(failure.number, stride) << "allocations do not fail";
  if (world_rank() == 0) std::printf("rank %d: %zu allocations\n", failure.culprit, failure.number - 1);
}

/// On rank 0, then on the last rank. Environment: TESSERA_TEST_ALL_ALLOCATIONS has each fail, else one of `stride`, and
/// others at each number of ranks; TESSERA_TEST_FIRST_ALLOCATION begins there.
template <class Program>
void fail_some_or_all(bool and_all_that_follow, std::size_t stride) {
  if (std::getenv("TESSERA_TEST_ALL_ALLOCATIONS") != nullptr) stride = 1;
  const char* first = std::getenv("TESSERA_TEST_FIRST_ALLOCATION");
  const auto ranks = static_cast<std::size_t>(world_size());
  const std::size_t begin = first != nullptr ? std::strtoull(first, nullptr, 10) : 1 + stride * (ranks - 1) / 4;
  fail_each<Program>({0, begin, and_all_that_follow}, stride);
  const int last = world_size() - 1;
  if (last > 0) fail_each<Program>({last, begin, and_all_that_follow}, stride);
}

}  // namespace tessera_test
