#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <tessera/tessera.hpp>

#include "support/bricks_mesh.hpp"
#include "support/test_file.hpp"

/// \file
/// Meshes of the tests changing_mesh: who has which of their cells, and versions of one.

namespace tessera_test {

inline int scattered(std::int64_t box) { return static_cast<int>((box * 7 + box / 5) % world_size()); }
/// The first rank has nothing where there are several.
inline int uneven(std::int64_t box) { return world_size() > 1 ? 1 + static_cast<int>(box % (world_size() - 1)) : 0; }

/// Versions of the mesh with fields of the same names.
struct Version {
  BricksMesh own;
  tessera::Mesh mesh;
  tessera::Field<double> u;
  tessera::Field<std::int32_t> kind;
  tessera::Field<std::uint8_t> material;

  Version(tessera::Run& run, int number, Cut cut, int (*owner)(std::int64_t))
      : own(cut, world_rank(), owner), mesh(run.mesh("bricks", own.part(true), {.unit = "m", .version = number})),
        u(run.field<double>("u", mesh.nodes(), {.components = 3})),
        kind(run.field<std::int32_t>("kind", mesh.cells(), {.fill = -1})),
        material(run.field<std::uint8_t>("material", mesh.cells(),
                                         {.time_dependent = false,
                                          .attributes = tessera::flags({{0, "steel"}, {1, "soft rubber"}})})) {}

  void write(tessera::Run& run, int n, bool with_material = false) const {
    auto step = run.step(0.25 * n);
    put(step, n, with_material);
    step.commit();
  }

  void put(tessera::Step& step, int n, bool with_material = false) const {
    step.put(u, BricksMesh::values(own.nodes, n, 3));
    std::vector<std::int32_t> kinds;
    std::vector<std::uint8_t> materials;
    for (const std::int64_t cell : own.cells) kinds.push_back(static_cast<std::int32_t>(cell + n));
    for (const std::int64_t cell : own.cells) materials.push_back(static_cast<std::uint8_t>(cell % 2));
    step.put(kind, std::move(kinds));
    if (with_material) step.put(material, std::move(materials));
  }
};

}  // namespace tessera_test
