#include "writer/engine_choice.hpp"

#include <chrono>
#include <cstdlib>

#include <tessera/config.hpp>
#include <tessera/error.hpp>

#include "base/text.hpp"
#include "pipeline/check_libraries.hpp"
#include "pipeline/direct_engine.hpp"
#if TESSERA_HAVE_PARALLEL_HDF5
#include "pipeline/collective_engine.hpp"
#endif

namespace tessera::detail {

void choose_engine(Engine& engine) {
  const char* value = std::getenv("TESSERA_ENGINE");
  if (value == nullptr || *value == '\0') return;
  const std::string name(value);
  if (name != "direct" && name != "collective") {
    throw Error(ErrorCode::invalid_argument,
                "the environment variable TESSERA_ENGINE is " + in_quotes(name) + "; it can be direct or collective");
  }
  engine = name == "direct" ? Engine::direct : Engine::collective;
}

void check_engine(Engine engine, int rank) {
#if !TESSERA_HAVE_PARALLEL_HDF5
  if (engine == Engine::collective) {
    throw Error(
        ErrorCode::invalid_argument,
        "there is no collective engine: this Tessera was built with a serial HDF5; use Engine::direct (and do not "
        "set TESSERA_ENGINE=collective), or build Tessera with a parallel HDF5 (-DTESSERA_HDF5=PARALLEL)");
  }
#endif
  pipeline::check_libraries(engine == Engine::collective || rank == 0);
}

std::unique_ptr<pipeline::Engine> make_engine(const comm::Communicator& comm, const storage::Place& place,
                                              const Options& options, bool continues) {
#if TESSERA_HAVE_PARALLEL_HDF5
  if (options.engine == Engine::collective) {
    return std::make_unique<pipeline::CollectiveEngine>(comm, place, options.mpi_io_hints);
  }
#endif
  pipeline::DirectEngine::Settings settings;
  settings.overwrite = options.overwrite;
  settings.continues = continues;
  settings.power_safe = options.durability == Durability::power_safe;
  settings.reader_grace = std::chrono::milliseconds(options.reader_grace_ms);
  settings.memory_budget = options.memory_budget;
  settings.threads = options.threads;
  return std::make_unique<pipeline::DirectEngine>(comm, place, settings);
}

}  // namespace tessera::detail
