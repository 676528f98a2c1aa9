#include <gtest/gtest.h>

#include <tessera/config.hpp>

#if TESSERA_HAVE_KOKKOS
#include <tessera/kokkos.hpp>

namespace {

/// Lends pack() the kernels that it gets where a view was put; the units of work alone are the path without.
class KokkosEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    Kokkos::initialize();
    tessera::detail::use_parallel_for(&tessera::detail::kokkos_parallel_for);
  }
  void TearDown() override { Kokkos::finalize(); }
};

const auto* const environment = testing::AddGlobalTestEnvironment(new KokkosEnvironment);

}  // namespace
#endif
