#pragma once

#include <mpi.h>

#include <exception>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <tessera/error.hpp>

/// \file
/// The promise that the tests of bad input hold the library to: the same error on every rank, within seconds.

namespace tessera_test {

/// What a call threw on this rank.
struct Thrown {
  int code = 0;  ///< of ErrorCode; 0: nothing was thrown, -1: something that is no tessera::Error
  std::string what = "nothing";
  std::vector<int> ranks;
  double seconds = 0;
};

template <class Call>
Thrown thrown_by(Call&& call) {
  const double begin = MPI_Wtime();
  Thrown thrown;
  try {
    call();
  } catch (const tessera::Error& error) {
    thrown = {static_cast<int>(error.code()), error.what(), error.ranks(), 0};
  } catch (const std::exception& error) {
    thrown = {-1, error.what(), {}, 0};
  }
  thrown.seconds = MPI_Wtime() - begin;
  return thrown;
}

/// What the error has to be.
struct Wanted {
  tessera::ErrorCode code;
  std::vector<std::string> words;  ///< that the message has: the field, the cause, the remedy
  std::set<int> ranks = {};        ///< that the error names; not compared when empty
};

/// Collective over MPI_COMM_WORLD: every rank has thrown the same, and it is what was wanted.
void expect_same_error(const Thrown& thrown, const Wanted& wanted);

/// Collective: calls and compares.
template <class Call>
void expect_error(const Wanted& wanted, Call&& call) {
  expect_same_error(thrown_by(std::forward<Call>(call)), wanted);
}

/// Who does it wrong: each rank alone, then, where there are several, all of them.
std::vector<std::set<int>> culprits();

/// "rank 2", or nothing when all ranks are meant.
std::string name_of(const std::set<int>& ranks);

}  // namespace tessera_test
