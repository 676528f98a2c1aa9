#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <mpi.h>

#include "comm/communicator.hpp"

/// \file
/// What goes over the wire when all ranks meet: one small reduction, and where that shows that something is wrong,
/// every rank's report. For agree.cpp and farewell.cpp alone.

namespace tessera::comm {

enum State : std::uint64_t { fine = 0, failed = 1, left = 2 };

/// The reduction, a bitwise or. A digest and its complement are complements of
/// each other exactly when all ranks have the same one.
struct Words {
  std::uint64_t states = fine;
  std::uint64_t digest = 0;
  std::uint64_t digest_complement = 0;
  std::uint64_t values = 0;  ///< a digest too
  std::uint64_t values_complement = 0;
  std::uint64_t offers_complement = 0;
  std::uint64_t from_root = 0;  ///< rank 0's; the others' are 0
};

Words words_of(State state, std::uint64_t digest, std::uint64_t values, std::uint64_t offers, std::uint64_t from_root);
void begin_reduction(const Communicator& comm, Words& words, MPI_Request* request);

/// What a rank says of itself where the reduction shows that not all is well.
struct Report {
  std::uint64_t state = fine;
  std::uint64_t call = 0;   ///< digest
  std::uint64_t cause = 0;  ///< digest of the error's code and text
  std::uint64_t code = 0;   ///< of the error
};

struct Reports {
  Report own;
  std::vector<Report> all;
};

Reports reports_of(const Communicator& comm, const Report& own);
void begin_reports(const Communicator& comm, Reports& reports, MPI_Request* request);

std::vector<int> ranks_in_state(const std::vector<Report>& reports, State state);

}  // namespace tessera::comm
