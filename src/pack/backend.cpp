#include "pack/backend.hpp"

#include <tessera/config.hpp>

#if TESSERA_HAVE_KOKKOS
#include <Kokkos_Core.hpp>
#endif

namespace tessera::pack {

std::string kokkos_backend() {
#if TESSERA_HAVE_KOKKOS
  std::string text = std::to_string(KOKKOS_VERSION / 10000) + "." + std::to_string(KOKKOS_VERSION / 100 % 100) + "." +
                     std::to_string(KOKKOS_VERSION % 100);
  const std::string device = Kokkos::DefaultExecutionSpace::name();
  const std::string host = Kokkos::DefaultHostExecutionSpace::name();
  return text + ", execution space " + device + (device == host ? "" : ", on the host " + host);
#else
  return {};
#endif
}

}  // namespace tessera::pack
