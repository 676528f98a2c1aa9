#include <sys/statvfs.h>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {
/// Open MPI and MPICH take some MiB per rank there; containers often have 64 MiB in all.
constexpr std::uint64_t wanted_per_rank = std::uint64_t{16} << 20;
}  // namespace

Finding check_shared_memory(int ranks_on_node) {
  constexpr const char* name = "shared memory";
  struct statvfs status {};
  if (statvfs("/dev/shm", &status) != 0) return {Status::ok, name, "no /dev/shm here"};
  const std::uint64_t bytes = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
  const std::string text = bytes_text(bytes) + " free in /dev/shm";
  if (bytes >= wanted_per_rank * static_cast<std::uint64_t>(ranks_on_node)) return {Status::ok, name, text};
  return {Status::warning, name, text + " for " + count_text(ranks_on_node, "rank") + ": MPI may crash with SIGBUS",
          "remove what earlier jobs left there; in a container, ask for more (docker run --shm-size=1g)"};
}

}  // namespace tessera::doctor
