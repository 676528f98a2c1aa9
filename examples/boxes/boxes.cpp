/// \file
/// Shows that a rank may own several boxes, one, or none; cells that no rank puts read as the fill value.
///
///     cmake --build build --target boxes
///     $ mpiexec -n 3 ./boxes
///     wrote boxes.h5
///     $ python3 -c "import h5py; print(h5py.File('boxes.h5')['run/owner'][0])"
///     [[10 10 10 -1 -1 -1 -1 12]
///      [10 10 10 -1 20 20 20 -1]
///      [11 11 -1 -1 20 20 20 -1]
///      [11 11 -1 -1 20 20 20 -1]]
#include <mpi.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

/// The boxes of a rank in a field of 4 x 8 points (y, x), as after a refinement; the last rank has none.
std::vector<tessera::Box> boxes_of(int rank) {
  if (rank == 0) return {{{0, 0}, {2, 3}}, {{2, 0}, {4, 2}}, {{0, 7}, {1, 8}}};
  if (rank == 1) return {{{1, 4}, {4, 7}}};
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    tessera::Writer out(MPI_COMM_WORLD, argc > 1 ? argv[1] : "boxes.h5", {.overwrite = true});
    auto run = out.run("run");
    auto owner = run.field<std::int32_t>("owner", tessera::Grid{{4, 8}}, {.fill = -1});

    auto step = run.step(0.0);
    std::vector<std::vector<std::int32_t>> data;  // must live until commit: put copies nothing
    for (const tessera::Box& box : boxes_of(rank)) {
      data.emplace_back(box.volume(), 10 * (rank + 1) + static_cast<int>(data.size()));
      step.put(owner, box, data.back().data());
    }
    step.commit();  // ranks without a box take part, too
    out.close();
    if (rank == 0) std::printf("wrote %s\n", argc > 1 ? argv[1] : "boxes.h5");
  }
  MPI_Finalize();
}
