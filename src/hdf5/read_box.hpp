#pragma once

#include <hdf5.h>

#include <cstdint>

#include <tessera/box.hpp>

#include "schema/description.hpp"

namespace tessera::hdf5 {

/// Reads a box of a field from its open dataset, one step of it where it has steps: C order, the components of a cell
/// together, converted to `type` by HDF5. \throws Error hdf5
void read_box(hid_t dataset, const schema::Field& field, std::int64_t step, const Box& box, DataType type,
              void* target);

}  // namespace tessera::hdf5
