#pragma once

#include <string>

namespace tessera::pack {

/// Kokkos as this build has it: "3.4.1, execution space Serial"; empty without Kokkos. Needs no Kokkos::initialize.
std::string kokkos_backend();

}  // namespace tessera::pack
