#pragma once

#include "pack/pack.hpp"

namespace tessera::pack {

/// What pack() is compared with: the same in plain nested loops.
void pack_reference(const PackJob& job);

}  // namespace tessera::pack
