#pragma once

#include <mpi.h>

namespace tessera::comm {

/// The one place where an MPI return code is read. \throws Error mpi with the call's name and MPI's own text
void check(int code, const char* call);

/// \throws Error not_initialized unless MPI is between MPI_Init and MPI_Finalize; wrong_thread on a thread that may not
///        call MPI at the level that it was initialised with (MPI 4.0, section 11.6)
void require_mpi(const char* what, const char* of_what = "");

/// "single", "funneled", "serialized" or "multiple": the level of threads that MPI was initialised with.
const char* thread_level();

/// True between MPI_Init and MPI_Finalize, on a thread that may call MPI.
bool mpi_is_usable() noexcept;

}  // namespace tessera::comm
