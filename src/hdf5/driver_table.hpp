#pragma once

#include <hdf5.h>

namespace tessera::hdf5 {

class TreeDriver;

/// Files that are created with this access list go through `tree`, which outlives them.
void use_tree_driver(hid_t access_list, TreeDriver& tree);

}  // namespace tessera::hdf5
