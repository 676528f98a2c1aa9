#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/scene.hpp"

/// \file
/// A library that was built with a serial HDF5: whoever asks for the collective engine gets the same error on every
/// rank.

using namespace tessera_test;
using tessera::Engine;
using tessera::ErrorCode;
using tessera::Options;
using tessera::Writer;

namespace {

/// The environment variable TESSERA_ENGINE on this rank, for a while.
class EngineVariable {
 public:
  explicit EngineVariable(const char* value) {
    if (value != nullptr) setenv("TESSERA_ENGINE", value, 1);
  }
  ~EngineVariable() { unsetenv("TESSERA_ENGINE"); }
  EngineVariable(const EngineVariable&) = delete;
  EngineVariable& operator=(const EngineVariable&) = delete;
};

Wanted no_engine(const std::set<int>& ranks) {
  return {ErrorCode::invalid_argument,
          {"there is no collective engine", "serial HDF5", "use Engine::direct", "TESSERA_HDF5=PARALLEL"},
          ranks};
}

std::set<int> all_ranks() { return culprits().back(); }

TEST(NoCollectiveEngine, ThoughTheOptionAsksForIt) {
  expect_error(no_engine(all_ranks()),
               [] { const Writer writer(MPI_COMM_WORLD, output_path(), {.engine = Engine::collective}); });
  EXPECT_FALSE(std::filesystem::exists(output_path()));
}

TEST(NoCollectiveEngine, ThoughTheEnvironmentAsksForIt) {
  const EngineVariable variable("collective");
  expect_error(no_engine(all_ranks()), [] { const Writer writer(MPI_COMM_WORLD, output_path()); });
  EXPECT_FALSE(std::filesystem::exists(output_path()));
}

/// Also where one rank alone asks: it is named.
TEST(NoCollectiveEngine, ThoughOneRankAsksForIt) {
  for (const std::set<int>& ranks : culprits()) {
    const EngineVariable variable(ranks.contains(world_rank()) ? "collective" : nullptr);
    expect_error(no_engine(ranks), [] { const Writer writer(MPI_COMM_WORLD, output_path()); });
  }
  EXPECT_FALSE(std::filesystem::exists(output_path()));
}

/// The environment decides over the option, as always.
TEST(NoCollectiveEngine, ButTheDirectOneWrites) {
  const EngineVariable variable("direct");
  TestFile file({.engine = Engine::collective});
  auto run = file.run("run");
  const auto field = run.field<double>("field", tessera::Grid{scene_shape});
  auto step = run.step(0);
  step.put(field, slabs(scene_shape, file.size()));
  EXPECT_NO_THROW(step.commit());
  EXPECT_NO_THROW(file.close());
}

}  // namespace
