#pragma once

#include <optional>

#include <tessera/error.hpp>
#include <tessera/grid.hpp>

#include "comm/communicator.hpp"

namespace tessera::detail {

/// The grid with the coordinates that rank 0 gives as values, on every rank: those of the others differ by rounding at
/// most, or are not known there. Collective, where all ranks agree on which axes have values, and how many.
///
/// \param failure is set where this rank has no memory for them, or gives other values; all take part to the end
Grid common_grid(const comm::Communicator& comm, const Grid& grid, std::optional<Error>& failure);

}  // namespace tessera::detail
