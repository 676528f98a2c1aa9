#pragma once

#include <memory>
#include <string>

#include <tessera/options.hpp>

#include "comm/communicator.hpp"
#include "pipeline/engine.hpp"
#include "storage/file.hpp"

namespace tessera::detail {

/// The environment decides over the option: to compare engines, or to go back to stock HDF5, without a new build.
/// \throws Error invalid_argument when TESSERA_ENGINE names no engine
void choose_engine(Engine& engine);

/// \throws Error invalid_argument when this build of the library does not have the engine; hdf5, mpi when the process
///         has loaded another HDF5 or MPI than the library was built for
void check_engine(Engine engine, int rank);

/// The engine that was chosen; the file is created, or continued, by its open(). Local. Rank 0's `place` is on every
/// rank.
std::unique_ptr<pipeline::Engine> make_engine(const comm::Communicator& comm, const storage::Place& place,
                                              const Options& options, bool continues);

}  // namespace tessera::detail
