#pragma once

#include <optional>
#include <string>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"
#include "tools/repack/export_runs.hpp"

namespace tessera::tools {

/// The same as export_runs by several ranks, which share the chunks of the datasets; rank 0 copies what has none, and
/// all that describes them. Collective.
/// \param failure what rank 0 knows already, for all
/// \return what was done, on rank 0
/// \throws Error the same on every rank
ExportReport export_together(const comm::Communicator& comm, const std::string& path, const std::string& out,
                             const ExportOptions& options, std::optional<Error> failure = {});

}  // namespace tessera::tools
