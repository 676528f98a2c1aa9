#pragma once

#include <tessera/requirements.hpp>

#include <mpi.h>

/// \file
/// MPI as Tessera needs it.

#if !defined(MPI_VERSION) || MPI_VERSION < 3
#error "Tessera needs MPI 3.0 or newer, and mpi.h is of an older one: load another MPI module."
#include <tessera/see_the_error_above>
#endif
