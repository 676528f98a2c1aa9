#pragma once

#include <hdf5.h>

#include <cstdint>

#include "schema/contents.hpp"

namespace tessera::hdf5 {

enum class Purpose : std::uint8_t { reading, appending };

/// What InputFile::contents tells, of an open file. `appending`: also what runs have for obstacles; values of scalars
/// are left out.
schema::Contents read_contents(hid_t file, Purpose purpose = Purpose::reading);

}  // namespace tessera::hdf5
