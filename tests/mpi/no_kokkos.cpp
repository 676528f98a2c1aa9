#include <gtest/gtest.h>
#include <mpi.h>

#include <tessera/kokkos.hpp>

#include "support/scene.hpp"

/// \file
/// Views before Kokkos::initialize and after Kokkos::finalize; arrays need no Kokkos. A program of its own, which runs
/// its tests in the order of this file.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

using View =
    Kokkos::View<const double***, Kokkos::LayoutLeft, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Views are refused on every rank, arrays in every memory order are not.
void expect_that_views_need_kokkos() {
  Scene scene;
  const std::vector<double> data(200, 1.0);
  const auto extents = scene.own_box().extents();
  scene.refuse_put({ErrorCode::not_initialized, {"field 'field'", "Kokkos is not initialised", "Kokkos::initialize"}},
                   [&](TestStep& step) {
                     const View view(data.data(), static_cast<std::size_t>(extents[0]),
                                     static_cast<std::size_t>(extents[1]), static_cast<std::size_t>(extents[2]));
                     step.raw().put(scene.field.handle, scene.own_box(), view);
                   });
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks, {.halo = {{1}, {2}}, .order = {2, 1, 0}, .padding = 1});
  EXPECT_NO_THROW(step.commit());
}

TEST(NoKokkos, BeforeInitialize) { expect_that_views_need_kokkos(); }

TEST(NoKokkos, AfterFinalize) {
  Kokkos::initialize();
  Kokkos::finalize();
  expect_that_views_need_kokkos();
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  testing::InitGoogleTest(&argc, argv);
  int result = RUN_ALL_TESTS();
  MPI_Allreduce(MPI_IN_PLACE, &result, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  MPI_Finalize();
  return result;
}
