#pragma once

#include <tessera/box.hpp>

namespace tessera::grid {

/// A box and who handed it over: the `number`-th box (from 0) that `rank` put for a field in a step.
struct OwnedBox {
  Box box;
  int rank = 0;
  int number = 0;
};

}  // namespace tessera::grid
