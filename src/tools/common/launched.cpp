#include "tools/common/launched.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace tessera::tools {

namespace {

/// Variables of the ranks' number and of one's own.
struct Launcher {
  const char* ranks;
  const char* rank;
};
constexpr Launcher launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},  // Open MPI
    {"PMI_SIZE", "PMI_RANK"},                          // Hydra: MPICH, Intel; Cray
    {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"},    // MVAPICH
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},          // srun
};

int number(const char* variable) noexcept {
  const char* value = std::getenv(variable);
  if (value == nullptr) return -1;
  const std::string_view text(value);
  int result = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  return error == std::errc() && end == text.data() + text.size() ? result : -1;
}

}  // namespace

Launched launched() noexcept {
  for (const Launcher& launcher : launchers) {
    const int ranks = number(launcher.ranks), rank = number(launcher.rank);
    if (ranks > 1 && rank >= 0 && rank < ranks) return {ranks, rank};
  }
  return {};
}

}  // namespace tessera::tools
