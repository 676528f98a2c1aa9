#pragma once

#include <hdf5.h>

#include "schema/contents.hpp"

namespace tessera::hdf5 {

/// What InputFile::contents tells, of an open file.
schema::Contents read_contents(hid_t file);

}  // namespace tessera::hdf5
