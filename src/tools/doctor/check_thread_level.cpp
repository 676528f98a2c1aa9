#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

Finding check_thread_level(const std::string& level, bool allows_threads) {
  if (allows_threads) return {Status::ok, "MPI threads", "up to the level " + level};
  return {Status::warning, "MPI threads", "the level " + level + " only: no other thread may run beside MPI",
          "set Options::threads to 1, or use an MPI that is built with threads"};
}

}  // namespace tessera::doctor
