#pragma once

#include <cstdint>

#include <tessera/array_ref.hpp>

#include "pipeline/plan.hpp"
#include "writer/table_entry.hpp"

/// \file
/// Where the rows go that ranks put into tables: those of rank 0 come first, then those of rank 1...

namespace tessera::detail {

struct FieldEntry;
struct RunEntry;
struct StepEntry;

/// How many rows of a column an array has. \throws Error invalid_argument, shape_mismatch
std::int64_t rows_in(const FieldEntry& column, const AnyArray& array);

/// Adds the boxes of all columns where every rank has as many rows as in the step before.
/// \returns whether this one has
/// \throws Error not_covered where a column of a table with rows was not put
bool expect_rows(StepEntry& step, pipeline::OwnBoxes& own);

/// The rows that were put are boxes of their columns from here on.
void take_rows(StepEntry& step) noexcept;

/// The next step's rows are counted anew.
void forget_rows(RunEntry& run) noexcept;

}  // namespace tessera::detail
