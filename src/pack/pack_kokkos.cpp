#include <tessera/config.hpp>

#include "pack/pack_plan.hpp"

#if TESSERA_HAVE_KOKKOS

#include <Kokkos_Core.hpp>

namespace tessera::pack {

namespace {

/// A named functor rather than a lambda: compilers of device code treat it as plain host code.
struct UnitKernel {
  PackPlan plan;
  void operator()(std::int64_t number) const { run_unit(plan, number); }
};

}  // namespace

bool run_with_kokkos(const PackPlan& plan) {
  if (!Kokkos::is_initialized()) return false;
  using Space = Kokkos::DefaultHostExecutionSpace;
  using Policy = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  const Space space;
  Kokkos::parallel_for("Tessera::pack", Policy(space, 0, plan.units), UnitKernel{plan});
  space.fence();
  return true;
}

}  // namespace tessera::pack

#else

namespace tessera::pack {

bool run_with_kokkos(const PackPlan&) { return false; }

}  // namespace tessera::pack

#endif
