#pragma once

/// \file
/// What a step has of refinements: all or nothing.

namespace tessera::detail {

struct RunEntry;
struct StepEntry;

/// Ranks that put one field put all fields, on all levels where they have boxes.
/// \throws Error not_covered
void require_all_levels(const StepEntry& step);

/// Where some rank has put fields of a refinement this one has too, if it has boxes. The rows of tables are counted.
/// \throws Error not_covered
void require_own_boxes(const RunEntry& run);

}  // namespace tessera::detail
