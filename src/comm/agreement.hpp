#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <mpi.h>

#include "comm/communicator.hpp"

/// \file
/// What is communicated in an agreement: one small reduction, and where that shows that something is wrong,
/// every rank's report. For agree.cpp and abandon.cpp alone.

namespace tessera::comm {

Words words_of(State state, std::uint64_t digest, std::uint64_t values, std::uint64_t flags,
               std::uint64_t from_root) noexcept;
/// Of memory().words, in place.
void begin_reduction(const Communicator& comm, MPI_Request* request);
/// Of memory().own_report to memory().reports.
void begin_reports(const Communicator& comm, MPI_Request* request);

std::vector<int> ranks_in_state(std::span<const Report> reports, State state);

}  // namespace tessera::comm
