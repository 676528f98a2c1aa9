#pragma once

#include <cstdint>
#include <string>

#include "hdf5/handle.hpp"
#include "hdf5/tree_set.hpp"
#include "memory_file.hpp"

namespace tessera::hdf5 {

/// One step of a run /r with a field /r/f: a chunk of 16 doubles whose values are the step's number, and its time.
Record record_of(TreeSet& trees, storage::File& file, std::int64_t number);

// The steps that are found in a file, all of them checked; -1 where something is wrong.

/// In one that is open.
int steps_in(const Handle& opened);
/// With stock HDF5.
int steps_in(const std::string& path);
int steps_in(const MemoryFile& file);

}  // namespace tessera::hdf5
