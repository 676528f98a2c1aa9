#pragma once

#include <hdf5.h>

#include <cstdint>
#include <functional>
#include <string>

#include "schema/contents.hpp"

namespace tessera::hdf5 {

enum class Purpose : std::uint8_t { reading, appending };

/// Whether a group is to be read, by its path. Of others there are only name and path, and nothing of what lies in
/// them.
using IsWanted = std::function<bool(const std::string& path)>;

/// What InputFile::contents tells, of an open file. `appending`: also what runs have for obstacles; values of scalars
/// are left out. \param is_wanted nothing: all groups
schema::Contents read_contents(hid_t file, Purpose purpose = Purpose::reading, const IsWanted& is_wanted = {});

}  // namespace tessera::hdf5
