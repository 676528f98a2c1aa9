#pragma once

#include <cstdint>
#include <string>

#include "hdf5/input_file.hpp"

namespace tessera::tools {

/// Opens a file for reading, without MPI.
/// \throws Error storage: there is none, it is no regular file (which opening could wait for), empty, not to be read;
/// hdf5: it is no HDF5 file, or the HDF5 file ends too early
hdf5::InputFile open_input(const std::string& path);

/// What a file's own bytes and locks say of the one who wrote it.
enum class WriterState : std::uint8_t {
  closed,  ///< by close(); or it was not written by the direct engine
  live,    ///< a job on this node has it open for writing
  left,    ///< not closed, and no job has it open: it was killed (or it takes no locks, HDF5_USE_FILE_LOCKING=FALSE)
  open,    ///< not closed; whether a job has it open cannot be known on this file system
};

WriterState writer_state(const std::string& path) noexcept;
const char* to_string(WriterState state) noexcept;  ///< "live"
const char* in_words(WriterState state) noexcept;   ///< "being written"

}  // namespace tessera::tools
