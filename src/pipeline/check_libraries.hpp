#pragma once

namespace tessera::pipeline {

/// The MPI and the HDF5 that engines call are one library each, and those that Tessera was built for. Local.
/// \param calls_hdf5 this rank will; else HDF5 is left uninitialised, and not asked for its version
/// \throws Error hdf5, mpi
void check_libraries(bool calls_hdf5);

/// Whether HDF5 is built so that several threads may call it. Local; initialises HDF5.
bool hdf5_is_thread_safe();

}  // namespace tessera::pipeline
