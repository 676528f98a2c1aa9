#pragma once

#include <hdf5.h>

#include <cstdint>

namespace tessera::hdf5 {

class TreeDriver;

/// Files that are created or opened with this access list go through `tree`, which outlives them.
void use_tree_driver(hid_t access_list, TreeDriver& tree);

/// How often somebody has ended HDF5 (H5close) since the first call: identifiers from before are void then.
std::uint64_t count_ends_of_hdf5();

}  // namespace tessera::hdf5
