/// \file
/// A cantilever of steel and aluminium: linear elasticity on tetrahedra, computed on any number of ranks. It is held at
/// x = 0 and bent by a force at its other end, which grows from step to step. Displacement at nodes, stress in cells,
/// and the materials by their names go into a file that h5py, xarray and ParaView read.
///
///     cmake --build build --target elastic
///     $ mpiexec -n 3 ./elastic
///     1225 nodes, 5184 tetrahedra
///     load 2.5 MN: the end goes down by 3.34 mm
///     load 5.0 MN: the end goes down by 6.68 mm
///     load 7.5 MN: the end goes down by 10.02 mm
///     load 10.0 MN: the end goes down by 13.36 mm
///
///     pvpython draw.py elastic.simulation.xmf beam.png
#include <mpi.h>

#include <cstdio>

#include <tessera/tessera.hpp>

#include "beam.hpp"
#include "solid.hpp"

namespace {

using elastic::Beam;
using elastic::Part;
using elastic::Solid;
using elastic::Vector;

/// A force in -z, in N, shared out evenly among the nodes at the end.
Vector force_at_end(const Beam& beam, const Part& part, double force) {
  Vector forces(part.coordinates.size(), 0.0);
  const auto nodes_at_end = static_cast<double>((beam.ny + 1) * (beam.nz + 1));
  for (std::size_t node = 0; node < part.nodes.size(); ++node) {
    if (part.coordinates[3 * node] > beam.length() - beam.size / 2) forces[3 * node + 2] = -force / nodes_at_end;
  }
  return forces;
}

void simulate(int rank, int ranks) {
  const Beam beam;
  const Part part = elastic::part_of(beam, rank, ranks);
  const Solid solid(MPI_COMM_WORLD, part);

  tessera::Writer out(MPI_COMM_WORLD, "elastic.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("simulation", {{"title", "cantilever of two materials"}}, {.time_unit = "s"});
  const std::span<const std::int32_t> connectivity(part.tets.front().data(), 4 * part.tets.size());
  const auto mesh = run.mesh("beam",
                             {.coordinates = part.coordinates,
                              .types = {tessera::CellType::tetrahedron},
                              .connectivity = connectivity,
                              .node_ids = part.nodes,
                              .cell_ids = part.cells},
                             {.unit = "m"});
  const auto displacement = run.field<double>("displacement", mesh.nodes(), {.unit = "m", .components = 3});
  const auto stress = run.field<double>("stress", mesh.cells(),
                                        {.unit = "Pa", .long_name = "stress: xx, yy, zz, xy, yz, xz", .components = 6});
  const auto material = run.field<std::int32_t>("material", mesh.cells(),
                                                {.time_dependent = false,
                                                 .attributes = tessera::flags({{0, "steel"}, {1, "aluminium"}})});
  if (rank == 0) {
    std::printf("%lld nodes, %lld tetrahedra\n", static_cast<long long>(mesh.nodes().size()),
                static_cast<long long>(mesh.cells().size()));
  }

  Vector u(part.coordinates.size(), 0.0);
  for (int n = 1; n <= 4; ++n) {
    const double load = 2.5e6 * n;
    const Vector forces = force_at_end(beam, part, load);
    solid.solve(forces, u);
    const double deflection = solid.dot(forces, u) / load;  // the mean over the end
    auto step = run.step(n);
    step.put(displacement, u);
    step.put(stress, solid.stress(u));
    if (n == 1) step.put(material, part.material);
    step.scalar("load", load);
    step.commit();
    if (rank == 0) std::printf("load %.1f MN: the end goes down by %.2f mm\n", load / 1e6, 1000 * deflection);
  }
  out.close();
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int status = 0;
  try {
    simulate(rank, ranks);
  } catch (const tessera::Error& error) {
    if (rank == 0) std::fprintf(stderr, "elastic: %s\n", error.what());
    status = 1;
  }
  MPI_Finalize();
  return status;
}
