#pragma once

#include "pack/pack_plan.hpp"

namespace tessera::pack {

/// All units through the parallel loop that the program lends (<tessera/parallel_for.hpp>); false, and nothing is
/// copied, where it lends none, or that cannot run now.
bool run_in_parallel(const PackPlan& plan);

}  // namespace tessera::pack
