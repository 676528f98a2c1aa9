#pragma once

#include <optional>
#include <string>

#include "schema/contents.hpp"

namespace tessera::tools {

/// What a file has of a level of a refinement.
struct StoredLevel {
  const schema::StoredField* box;  ///< the column of boxes
  schema::RowSeries boxes;
  schema::RowSeries cells;
  Index domain;  ///< cells of it, slowest axis first
  Index ratio;   ///< to the level before
};

/// Nothing where the run has no such level. What a damaged file says may be anything: see what_is_wrong.
std::optional<StoredLevel> stored_level(const schema::StoredRun& run, const std::string& refinement, int level);

/// With what the attributes of a level say; empty: nothing. \param coarser the level before; nullptr: there is none
std::string what_is_wrong(const StoredLevel& level, const StoredLevel* coarser);

}  // namespace tessera::tools
