#pragma once

#include <cstdint>
#include <string>

#include <tessera/box.hpp>

#include "schema/contents.hpp"

/// \file
/// Where the rows of a step are in the columns of a table.

namespace tessera::detail {

struct StepRows {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

/// \param step below 0: those of all steps
/// \throws Error not_found where there is no such table
StepRows rows_of(const schema::StoredRun& run, const std::string& table, std::int64_t step);

/// The same of a column; of another field with one axis all of it.
StepRows rows_of(const schema::StoredRun& run, const schema::Field& field, std::int64_t step);

/// The part of one rank, where all share so many rows evenly.
Box share_of(std::int64_t count, int rank, int ranks);

}  // namespace tessera::detail
