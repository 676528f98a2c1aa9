/// \file
/// A cantilever of steel and aluminium with a hole, on tetrahedra that Gmsh made: linear elasticity on any number of
/// ranks. It is held at x = 0 and bent by a force at its other end. Displacement at nodes, stress in cells, the
/// materials by their names and the load history go into a file that h5py, xarray and ParaView read; a second job goes
/// on from there with another number of ranks.
///
///     cmake --build build --target elastic
///     $ mpiexec -n 3 ./elastic
///     459 nodes, 1543 tetrahedra
///     load 2.5 MN: the end goes down by 3.28 mm
///     load 5.0 MN: the end goes down by 6.56 mm
///     load 10.0 MN: the end goes down by 13.12 mm
///     $ mpiexec -n 2 ./elastic --continue
///     459 nodes, 1543 tetrahedra
///     load 7.5 MN: the end goes down by 9.84 mm
///     load 5.0 MN: the end goes down by 6.56 mm
///
///     pvpython draw.py elastic.simulation.xmf beam.png
#include <mpi.h>

#include <cstdio>
#include <string_view>

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
  for (std::size_t node = 0; node < part.nodes.size(); ++node) {
    if (part.coordinates[3 * node] > beam.length() - 1e-6)
      forces[3 * node + 2] = -force / static_cast<double>(beam.nodes_at_end());
  }
  return forces;
}

/// The displacement of the last step, of the nodes that this rank has now.
Vector last_displacement(const Part& part) {
  Vector u(part.coordinates.size());
  tessera::Reader in(MPI_COMM_WORLD, "elastic.h5");
  auto step = in.run("simulation").last();
  step.get_at("displacement", part.nodes, u);
  step.read();
  return u;
}

void simulate(int rank, int ranks, bool goes_on) {
  const Beam beam = elastic::read_gmsh(ELASTIC_MESH);  // on each rank: it is small
  const Part part = elastic::part_of(beam, rank, ranks);
  const Solid solid(MPI_COMM_WORLD, part);
  Vector u(part.coordinates.size(), 0.0);
  if (goes_on) u = last_displacement(part);

  tessera::Options options{.overwrite = true, .paraview = tessera::SideFiles::both};
  if (goes_on) options = {.open = tessera::OpenMode::append, .paraview = tessera::SideFiles::both};
  tessera::Writer out(MPI_COMM_WORLD, "elastic.h5", options);
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
  const auto material = run.field<std::uint8_t>("material", mesh.cells(),
                                                {.time_dependent = false,
                                                 .attributes = tessera::flags({{0, "steel"}, {1, "aluminium"}})});
  run.scalar("load", {.unit = "N"});
  run.scalar("deflection", {.unit = "m"});
  if (rank == 0) {
    std::printf("%lld nodes, %lld tetrahedra\n", static_cast<long long>(mesh.nodes().size()),
                static_cast<long long>(mesh.cells().size()));
  }

  // The load history: up, and half of it off again.
  const std::vector<double> loads = goes_on ? std::vector<double>{7.5e6, 5e6} : std::vector<double>{2.5e6, 5e6, 10e6};
  for (const double load : loads) {
    const Vector forces = force_at_end(beam, part, load);
    solid.solve(forces, u);
    const double deflection = solid.dot(forces, u) / load;  // the mean over the end
    auto step = run.step(static_cast<double>(run.steps() + 1));
    step.put(displacement, u);
    step.put(stress, solid.stress(u));
    if (run.steps() == 0) step.put(material, part.material);
    step.scalar("load", load);
    step.scalar("deflection", deflection);
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
    simulate(rank, ranks, argc > 1 && std::string_view(argv[1]) == "--continue");
  } catch (const std::exception& error) {
    if (rank == 0) std::fprintf(stderr, "elastic: %s\n", error.what());
    status = 1;
  }
  MPI_Finalize();
  return status;
}
