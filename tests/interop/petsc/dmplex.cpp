#include <petscdmplex.h>
#include <petscviewer.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <tessera/tessera.hpp>

/// \file
/// A program of PETSc: a box of hexahedra that DMPlex has distributed, and a field on its vertices, written by Tessera
/// (plex.h5) and by PETSc itself (petsc.h5). tests/interop/petsc/check_dmplex.py compares them.

namespace {

void check(PetscErrorCode code) {
  if (code != 0) PETSCABORT(PETSC_COMM_WORLD, code);
}

/// PETSc gives what another rank owns the number -(n + 1).
std::vector<std::int64_t> numbers_of(IS numbering) {
  PetscInt count = 0;
  const PetscInt* numbers = nullptr;
  check(ISGetLocalSize(numbering, &count));
  check(ISGetIndices(numbering, &numbers));
  std::vector<std::int64_t> ids;
  for (PetscInt i = 0; i < count; ++i) ids.push_back(numbers[i] < 0 ? -(numbers[i] + 1) : numbers[i]);
  check(ISRestoreIndices(numbering, &numbers));
  return ids;
}

DM distributed_box() {
  DM dm = nullptr;
  DM parts = nullptr;
  const PetscInt faces[3] = {4, 3, 2};
  check(DMPlexCreateBoxMesh(PETSC_COMM_WORLD, 3, PETSC_FALSE, faces, nullptr, nullptr, nullptr, PETSC_TRUE, &dm));
  check(DMPlexDistribute(dm, 0, nullptr, &parts));
  if (parts != nullptr) {  // there are several ranks
    check(DMDestroy(&dm));
    dm = parts;
  }
  PetscSection section = nullptr;
  PetscInt begin = 0, end = 0, first = 0, last = 0;
  check(DMPlexGetChart(dm, &begin, &end));
  check(DMPlexGetDepthStratum(dm, 0, &first, &last));
  check(PetscSectionCreate(PETSC_COMM_WORLD, &section));
  check(PetscSectionSetChart(section, begin, end));
  for (PetscInt vertex = first; vertex < last; ++vertex) check(PetscSectionSetDof(section, vertex, 1));
  check(PetscSectionSetUp(section));
  check(DMSetLocalSection(dm, section));
  check(PetscSectionDestroy(&section));
  return dm;
}

/// What this rank has of the mesh, as Tessera takes it.
struct Part {
  std::vector<double> coordinates;
  std::vector<std::int64_t> connectivity, node_ids, cell_ids;

  explicit Part(DM dm) {
    PetscInt first = 0, last = 0, first_cell = 0, last_cell = 0;
    check(DMPlexGetDepthStratum(dm, 0, &first, &last));
    check(DMPlexGetHeightStratum(dm, 0, &first_cell, &last_cell));
    IS numbering = nullptr;
    check(DMPlexGetVertexNumbering(dm, &numbering));  // belongs to the DM
    node_ids = numbers_of(numbering);
    check(DMPlexGetCellNumbering(dm, &numbering));
    cell_ids = numbers_of(numbering);
    take_coordinates(dm);
    for (PetscInt cell = first_cell; cell < last_cell; ++cell) {
      PetscInt size = 0;
      PetscInt* closure = nullptr;
      std::vector<PetscInt> corners;
      check(DMPlexGetTransitiveClosure(dm, cell, PETSC_TRUE, &size, &closure));
      for (PetscInt i = 0; i < 2 * size; i += 2) {
        if (closure[i] >= first && closure[i] < last) corners.push_back(closure[i] - first);
      }
      check(DMPlexRestoreTransitiveClosure(dm, cell, PETSC_TRUE, &size, &closure));
      check(DMPlexInvertCell(DM_POLYTOPE_HEXAHEDRON, corners.data()));  // into VTK's order
      connectivity.insert(connectivity.end(), corners.begin(), corners.end());
    }
  }

  void take_coordinates(DM dm) {
    Vec local = nullptr;
    PetscInt count = 0;
    const PetscScalar* values = nullptr;
    check(DMGetCoordinatesLocal(dm, &local));
    check(VecGetLocalSize(local, &count));
    check(VecGetArrayRead(local, &values));
    coordinates.assign(values, values + count);
    check(VecRestoreArrayRead(local, &values));
  }

  /// One for each of this rank's vertices.
  std::vector<double> values(double time) const {
    std::vector<double> result;
    for (std::size_t i = 0; i < coordinates.size(); i += 3)
      result.push_back(coordinates[i] + 10 * coordinates[i + 1] * coordinates[i + 1] + time * coordinates[i + 2]);
    return result;
  }
};

void write_with_petsc(DM dm, const Part& part) {
  PetscViewer viewer = nullptr;
  Vec local = nullptr, global = nullptr;
  check(PetscViewerCreate(PETSC_COMM_WORLD, &viewer));
  check(PetscViewerSetType(viewer, PETSCVIEWERHDF5));
  check(PetscViewerFileSetMode(viewer, FILE_MODE_WRITE));
  check(PetscViewerFileSetName(viewer, "petsc.h5"));
  check(PetscViewerPushFormat(viewer, PETSC_VIEWER_HDF5_VIZ));
  check(DMView(dm, viewer));
  check(DMGetLocalVector(dm, &local));
  check(DMGetGlobalVector(dm, &global));
  PetscScalar* values = nullptr;
  check(VecGetArray(local, &values));
  std::ranges::copy(part.values(1), values);
  check(VecRestoreArray(local, &values));
  check(DMLocalToGlobal(dm, local, INSERT_VALUES, global));
  // As a vector of its own, so that it is written as it is.
  Vec plain = nullptr;
  PetscInt own = 0;
  check(VecGetLocalSize(global, &own));
  check(VecCreateMPI(PETSC_COMM_WORLD, own, PETSC_DETERMINE, &plain));
  check(VecCopy(global, plain));
  check(PetscObjectSetName(reinterpret_cast<PetscObject>(plain), "u"));
  check(VecView(plain, viewer));
  check(VecDestroy(&plain));
  check(DMRestoreGlobalVector(dm, &global));
  check(DMRestoreLocalVector(dm, &local));
  check(PetscViewerPopFormat(viewer));
  check(PetscViewerDestroy(&viewer));
}

void write_with_tessera(const Part& part) {
  tessera::Writer out(PETSC_COMM_WORLD, "plex.h5", {.overwrite = true});
  auto run = out.run("poisson");
  const auto mesh = run.mesh("box", {.coordinates = part.coordinates,
                                     .types = {tessera::CellType::hexahedron},
                                     .connectivity = part.connectivity,
                                     .node_ids = part.node_ids,
                                     .cell_ids = part.cell_ids});
  const auto u = run.field<double>("u", mesh.nodes());
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    step.put(u, tessera::copied(part.values(n)));
    step.commit();
  }
  out.close();
}

}  // namespace

int main(int argc, char** argv) {
  check(PetscInitialize(&argc, &argv, nullptr, nullptr));
  {
    DM dm = distributed_box();
    const Part part(dm);
    write_with_tessera(part);
    write_with_petsc(dm, part);
    check(DMDestroy(&dm));
  }
  check(PetscFinalize());
}
