/// \file
/// A cloud that a flow stirs in a closed box, and tracers that drift with it: more of them come at a source, and the
/// old ones go, so each step has another number. Each rank has a strip of the box, and the tracers that are in it now.
///
///     cmake --build build --target advection
///     $ mpiexec -n 3 ./advection
///     t = 0.0: 0 tracers, largest concentration 1.000
///     t = 0.2: 40 tracers, largest concentration 1.000
///     t = 0.4: 80 tracers, largest concentration 1.000
///     t = 0.6: 81 tracers, largest concentration 0.996
///     t = 0.8: 81 tracers, largest concentration 0.978
///
///     $ python3 read.py
///     81 tracers in the last step, aged 0.00 to 0.40
///     the eldest was seen first at (0.50, 0.25), at t = 0.4
///
///     pvpython draw.py advection.png
#include <mpi.h>

#include <cstdio>

#include <tessera/tessera.hpp>

#include "box.hpp"

namespace {

using advection::Cloud;
using advection::Strip;
using advection::Tracer;

void simulate(MPI_Comm ranks) {
  const Strip strip = advection::strip_of(ranks);
  Cloud cloud(strip);
  std::vector<Tracer> tracers;

  tessera::Writer out(ranks, "advection.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("stirred", {{"cells", strip.cells}, {"lifetime", advection::lifetime}});
  const double size = strip.size();
  const tessera::Grid centres{{strip.cells, strip.cells},
                              {.spacing = {size}, .origin = {size / 2, size / 2}, .unit = "m"}};
  const auto concentration = run.field<double>("concentration", centres, {.precision = tessera::Precision::single});
  const auto table = run.table("tracers", {.position = "position"});
  const auto position = run.field<double>("position", table, {.unit = "m", .components = 3});
  const auto born = run.field<double>("born", table, {.unit = "s"});
  const auto id = run.field<std::int64_t>("id", table);

  for (int n = 0; n <= advection::steps; ++n) {
    if (n % 40 == 0) {
      auto step = run.step(n * advection::time_step);
      step.put(concentration, {{strip.first, 0}, {strip.last, strip.cells}},
               tessera::with_halo(tessera::array(cloud.values(), {strip.rows() + 2, strip.cells}),
                                  tessera::Index{1, 0}));
      // An array of structures: every column is a member of it.
      const auto count = std::ssize(tracers);
      const Tracer none{};
      const Tracer* first = tracers.empty() ? &none : tracers.data();
      constexpr std::int64_t stride = sizeof(Tracer) / sizeof(double);
      step.put(position, tessera::array(first->place.data(), {count, 3}, {stride, 1}));
      step.put(born, tessera::array(&first->born, {count}, {stride}));
      step.put(id, tessera::array(&first->id, {count}, {stride}));
      step.commit();
      advection::print(ranks, n * advection::time_step, count, cloud.largest());
    }
    cloud.advance();
    advection::drift(tracers);
    advection::let_go(tracers, strip, n);
    advection::send_to_owners(tracers, ranks, strip);
  }
  out.close();
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int status = 0;
  try {
    simulate(MPI_COMM_WORLD);
  } catch (const tessera::Error& error) {
    std::fprintf(stderr, "advection: %s\n", error.what());
    status = 1;
  }
  MPI_Finalize();
  return status;
}
