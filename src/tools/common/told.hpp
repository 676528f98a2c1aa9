#pragma once

#include <functional>

namespace tessera::tools {

/// Does the work and returns what it returns, an exit code; what it throws is told as one line on standard error,
/// "tessera: ...", and becomes one.
int told(const std::function<int()>& work) noexcept;

/// The same for what all ranks do together, and throw alike: rank 0 tells. To be called before MPI ends: after that a
/// launcher ends the ranks that are left when one has failed.
int told_together(int rank, const std::function<int()>& work) noexcept;

}  // namespace tessera::tools
