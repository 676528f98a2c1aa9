#pragma once

#include <mpi.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "comm/check.hpp"

namespace tessera::comm {

/// The longest path that MPI-IO may be given. Open MPI 4.1 aborts on paths from about 245 bytes on: its component
/// sharedfp/lockedfile prints path, job number and ".lock" into 256 bytes. Delete this when it is no longer supported.
#ifdef OPEN_MPI
inline constexpr std::size_t longest_path = 220;
#else
inline constexpr std::size_t longest_path = 4096;
#endif

/// Hints for MPI-IO as an MPI_Info, freed at the end; MPI_INFO_NULL when there are none.
class IoHints {
 public:
  explicit IoHints(const std::vector<std::pair<std::string, std::string>>& hints) {
    if (hints.empty()) return;
    check(MPI_Info_create(&info_), "MPI_Info_create");
    for (const auto& [key, value] : hints) check(MPI_Info_set(info_, key.c_str(), value.c_str()), "MPI_Info_set");
  }
  ~IoHints() {
    if (info_ != MPI_INFO_NULL) MPI_Info_free(&info_);
  }
  IoHints(const IoHints&) = delete;
  IoHints& operator=(const IoHints&) = delete;

  MPI_Info get() const noexcept { return info_; }

 private:
  MPI_Info info_ = MPI_INFO_NULL;
};

}  // namespace tessera::comm
