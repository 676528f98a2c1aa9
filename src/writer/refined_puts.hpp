#pragma once

/// \file
/// What a step has of refinements: all or nothing.

namespace tessera::schema {
struct Field;
}

namespace tessera::detail {

struct FieldEntry;
struct LevelEntry;
struct RunEntry;
struct StepEntry;
struct TableEntry;

/// \{ Tells what is wrong with a column in the words of refinements, where the table is of one. \throws Error
/// not_covered
/// It was not put, and others of the table were.
void require_whole_level(const TableEntry& table, const FieldEntry& column);
/// It was there, has no fill value, and nobody has asked for it. The same on every rank.
void require_asked_level(const TableEntry& table, const schema::Field& column);
/// \}

/// The level whose boxes are the rows of a table; nullptr: none.
const LevelEntry* level_with_boxes(const TableEntry& table) noexcept;

/// Whether the rows of a table are boxes that have stayed since they were written. The same on every rank.
bool boxes_stay(const TableEntry& table);

/// Ranks that put one field put all fields, on all levels where they have boxes.
/// \throws Error not_covered
void require_all_levels(const StepEntry& step);

/// Where some rank has put fields of a refinement this one has too, if it has boxes. The rows of tables are counted.
/// \throws Error not_covered
void require_own_boxes(const RunEntry& run);

}  // namespace tessera::detail
