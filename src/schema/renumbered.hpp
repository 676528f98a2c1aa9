#pragma once

#include "schema/contents.hpp"

namespace tessera::schema {

/// What is in a file now, with its runs and their fields under the numbers that they had before, so that who holds a
/// number may keep it; new ones behind. What is gone stays, without steps.
Contents renumbered(const Contents& before, Contents now);

}  // namespace tessera::schema
