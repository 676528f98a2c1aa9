#include <tessera/reader.hpp>

#include "block.hpp"
#include "readers.hpp"

namespace bench {

void read_with_tessera(const std::string& path, const Case& what, Block& block) {
  tessera::Reader in(MPI_COMM_WORLD, path, {.threads = 1});  // as the floor has
  const auto run = in.run("simulation_1");
  for (int n = 0; n < what.steps; ++n) {
    auto step = run.step(n);
    step.get("velocity", box_of(block), block.values[0]);
    step.read();
  }
  in.close();
}

}  // namespace bench
