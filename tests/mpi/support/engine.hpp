#pragma once

#include <cstdlib>
#include <string>

namespace tessera_test {

/// Whether the tests run with the collective engine.
inline bool is_collective() {
  const char* engine = std::getenv("TESSERA_ENGINE");
  return engine != nullptr && std::string(engine) == "collective";
}

}  // namespace tessera_test
