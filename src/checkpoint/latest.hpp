#pragma once

#include <optional>
#include <string>

#include <tessera/checkpoint.hpp>

namespace tessera::detail {

/// Checkpoint::latest
std::optional<StoredCheckpoint> latest_checkpoint(MPI_Comm communicator, const std::string& path);

}  // namespace tessera::detail
