#pragma once

#include <mpi.h>

#include "case.hpp"

namespace bench {

/// Writes all steps into a new file with plain parallel HDF5, as somebody who knows it well would: collective
/// transfers, collective metadata writes, nothing filled, the file format of HDF5 1.10, one open dataset. H5Fflush
/// after each step (Case::flush), since a commit of Tessera flushes. No time values, no coordinates. Collective.
void write_by_hand(MPI_Comm comm, const std::string& path, const Case& what, const Block& block);

/// The same with Tessera, through the engine of that name. Collective.
void write_with_tessera(MPI_Comm comm, const std::string& path, const Case& what, const Block& block);

/// True when both files hold the same values in `dataset_path`, bit for bit, and the same chunk shape. Local; opens the
/// files without MPI. Looks at the steps part, part + parts, ...: so several ranks can share the work.
bool same_content(const std::string& one, const std::string& other, int part = 0, int parts = 1);

}  // namespace bench
