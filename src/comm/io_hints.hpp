#pragma once

#include <mpi.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "comm/errors_return.hpp"

namespace tessera::comm {

/// The longest path that MPI-IO may be given. Open MPI 4.1 aborts on paths from about 245 bytes on: its component
/// sharedfp/lockedfile prints path, job number and ".lock" into 256 bytes. Delete this when it is no longer supported.
#ifdef OPEN_MPI
inline constexpr std::size_t max_path_bytes = 220;
#else
inline constexpr std::size_t max_path_bytes = 4096;
#endif

using Hints = std::vector<std::pair<std::string, std::string>>;

/// What MPI says no to, or what ends a program in some MPI-IO. Local. \throws Error invalid_argument, naming the hint
void check_io_hints(const Hints& hints);

/// Hints for MPI-IO as an MPI_Info, freed at the end; MPI_INFO_NULL when there are none.
class IoHints {
 public:
  /// \throws Error invalid_argument, naming the hint
  explicit IoHints(const Hints& hints);
  ~IoHints();
  IoHints(const IoHints&) = delete;
  IoHints& operator=(const IoHints&) = delete;

  MPI_Info get() const noexcept { return info_; }

 private:
  MPI_Info info_ = MPI_INFO_NULL;
};

}  // namespace tessera::comm
