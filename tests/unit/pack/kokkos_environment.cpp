#include <gtest/gtest.h>

#include <tessera/config.hpp>

#if TESSERA_HAVE_KOKKOS
#include <Kokkos_Core.hpp>

namespace {

/// With Kokkos initialised pack() runs as its kernels; the units of work alone are the path without.
class KokkosEnvironment : public testing::Environment {
 public:
  void SetUp() override { Kokkos::initialize(); }
  void TearDown() override { Kokkos::finalize(); }
};

const auto* const environment = testing::AddGlobalTestEnvironment(new KokkosEnvironment);

}  // namespace
#endif
