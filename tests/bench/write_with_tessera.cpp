#include <tessera/tessera.hpp>

#include "block.hpp"
#include "writers.hpp"

namespace bench {

namespace {

tessera::Index index_of(const Extents& extents) { return {extents[0], extents[1], extents[2]}; }

}  // namespace

void write_with_tessera(MPI_Comm comm, const std::string& path, const Case& what, const Block& block) {
  const auto engine = what.engine == "direct" ? tessera::Engine::direct : tessera::Engine::collective;
  const auto durability = what.power_safe ? tessera::Durability::power_safe : tessera::Durability::kill_safe;
  tessera::Writer writer(comm, path, {.engine = engine, .durability = durability});
  auto run = writer.run("simulation_1");
  const auto codec = what.level == 0 ? tessera::Codec::none() : tessera::Codec::deflate(what.level);
  const tessera::Grid grid{{what.edge, what.edge, what.edge}};
  const auto field =
      run.field<double>("velocity", grid, {.chunk = {what.chunk, what.chunk, what.chunk}, .codec = codec});
  const auto box = box_of(block);
  for (int n = 0; n < what.steps; ++n) {
    const auto& values = block.values[static_cast<std::size_t>(n) % block.values.size()];
    auto step = run.step(n);
    step.put(field, box, tessera::with_halo(tessera::array(values.data(), index_of(block.in_memory)), what.halo));
    step.commit();
  }
  writer.close();
}

}  // namespace bench
