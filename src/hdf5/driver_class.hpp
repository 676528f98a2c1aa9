#pragma once

#include <hdf5.h>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

namespace tessera::hdf5 {

/// What HDF5 has to know of any of our file drivers; its functions are to be added, by name: the table differs between
/// versions. Two files are one for HDF5 only where they are the same instance.
/// \param value a number that no other driver here has: 512 and above are free for drivers that are not registered
H5FD_class_t driver_class(const char* name, int value);

}  // namespace tessera::hdf5
