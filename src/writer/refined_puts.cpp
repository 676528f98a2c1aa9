#include "writer/refined_puts.hpp"

#include <limits>
#include <utility>

#include "base/refuse.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "pipeline/piece_job.hpp"
#include "pipeline/readable_put.hpp"
#include "schema/array_rules.hpp"
#include "writer/refinement_entry.hpp"
#include "writer/state.hpp"
#include "writer/table_entry.hpp"

/// \file
/// Values of a refinement: those of a rank's boxes become the rows that it has of a table.

namespace tessera::detail {

namespace {

void check_field(const StepEntry& step, const RefinedFieldEntry* field, int level) {
  if (field == nullptr)
    refuse(ErrorCode::invalid_argument, "put of a RefinedField that belongs to no run; make it with Run::field");
  const RefinementEntry& refinement = *field->refinement;
  if (refinement.run != step.run) {
    refuse(ErrorCode::wrong_order, field->described() + " was put into a step of " + step.run->described() + ", but " +
                                       refinement.described() + " is of " + refinement.run->described() +
                                       "; put its fields into a step of its own run");
  }
  if (level < 0 || level >= static_cast<int>(field->columns.size())) {
    refuse(ErrorCode::invalid_argument, refinement.described() + " has " + std::to_string(field->columns.size()) +
                                            " levels, and field " + in_quotes(field->name) + " was put on level " +
                                            std::to_string(level));
  }
  if (!step.values.time) {
    refuse(ErrorCode::wrong_order, field->described() +
                                       ", which has boxes in each step, was put into Run::statics; put it into a "
                                       "Run::step");
  }
  if (!refinement.has_boxes) {
    refuse(ErrorCode::wrong_order,
           refinement.described() + " has no boxes yet; call Run::regrid before the first step with its fields");
  }
  if (step.own_puts.contains(field->columns[static_cast<std::size_t>(level)]->number))
    refuse(ErrorCode::overlap, field->described(level) + " was put twice in one step; put it once");
}

void check_arrays(const RefinedFieldEntry& field, int level, const std::vector<AnyArray>& arrays) {
  const std::vector<Box>& boxes = field.refinement->levels[static_cast<std::size_t>(level)].own;
  if (arrays.size() != boxes.size()) {
    refuse(ErrorCode::shape_mismatch, field.described(level) + ": " + std::to_string(arrays.size()) +
                                          " arrays were put, and this rank has " + std::to_string(boxes.size()) +
                                          " boxes there; put one array for each, in their order");
  }
  const DataType given = field.columns[static_cast<std::size_t>(level)]->description().given;
  for (std::size_t number = 0; number < arrays.size(); ++number) {
    if (arrays[number].type == given || !arrays[number].defect.empty()) continue;
    refuse(ErrorCode::type_mismatch, field.described(level) + " holds " + to_string(given) +
                                         ", but the array of the box " + to_string(boxes[number]) + ", number " +
                                         std::to_string(number) + ", is of " + to_string(arrays[number].type));
  }
}

/// How much a copy takes, which all copies of the step so far and Options::memory_budget allow.
std::size_t bytes_of_copy(const RefinedFieldEntry& field, int level, const schema::Field& column, std::size_t before,
                          std::size_t budget) {
  const std::int64_t cells = field.refinement->levels[static_cast<std::size_t>(level)].own_cells;
  const std::int64_t all = saturating_product(cells, column.cell_bytes());
  const auto bytes = static_cast<std::size_t>(all);
  const bool is_allowed = budget == 0 || (bytes <= budget && before <= budget - bytes);
  if (is_allowed && all < std::numeric_limits<std::int64_t>::max()) return bytes;
  const std::string allowed = budget == 0 ? ""
                                          : ", the copies of this step before it " + std::to_string(before) +
                                                ", and Options::memory_budget allows " + std::to_string(budget) +
                                                " for all of them; raise it";
  refuse(ErrorCode::out_of_memory, field.described(level) + ": the copy of its values, in " + std::to_string(cells) +
                                       " cells, takes " + std::to_string(bytes) + " bytes" + allowed);
}

AnyArray resolved_array(const RefinedFieldEntry& refined, int level, std::size_t number, const schema::Field& field,
                        AnyArray array) {
  const Box& box = refined.refinement->levels[static_cast<std::size_t>(level)].own[number];
  try {
    return schema::resolved(field, box, std::move(array));
  } catch (const Error& error) {
    throw about(of_level(*refined.refinement, static_cast<std::size_t>(level)) + ", the array of the box " +
                    to_string(box) + ", number " + std::to_string(number),
                error);
  }
}

/// The cells of all boxes one after the other, each in C order.
AnyArray packed(const RefinedFieldEntry& refined, int on_level, std::vector<AnyArray> arrays,
                std::size_t& copied_before, std::size_t budget) {
  const LevelEntry& level = refined.refinement->levels[static_cast<std::size_t>(on_level)];
  schema::Field field = refined.columns[static_cast<std::size_t>(on_level)]->description();
  field.stored = field.given;  // converted later, with the rows
  field.name = refined.name;   // for messages
  const std::size_t bytes = bytes_of_copy(refined, on_level, field, copied_before, budget);
  const std::shared_ptr<std::byte[]> memory(new std::byte[bytes]);
  std::byte* target = memory.get();
  for (std::size_t number = 0; number < arrays.size(); ++number) {
    const Box& box = level.own[number];
    const pipeline::PutBox put{box, resolved_array(refined, on_level, number, field, std::move(arrays[number]))};
    pipeline::each_piece_job(field, pipeline::readable(put, field.given), box, target, row_major_strides(box.extents()),
                             [](const pack::PackJob& job) { pack::pack(job); });
    target += box.volume() * field.cell_bytes();
  }
  copied_before += bytes;
  AnyArray array;
  array.data = memory.get();
  array.type = field.given;
  array.count = level.own_cells * field.components;
  array.owner = memory;
  return array;
}

/// What the column of boxes gets.
AnyArray stored_boxes(const LevelEntry& level) {
  std::vector<std::int64_t> all;
  for (const Box& box : level.own) {
    const auto stored = schema::stored_box(box);
    all.insert(all.end(), stored.begin(), stored.end());
  }
  return any_array<std::int64_t>(std::move(all));
}

}  // namespace

void WriterState::put_level(StepEntry* entry, const RefinedFieldEntry* field, int level, std::vector<AnyArray> arrays) {
  AnyArray values;
  bool is_made = false;
  bool is_first = false;
  {
    const InUse::Hold hold(in_use_, "Step::put", path_);
    require_open("Step::put");
    if (entry == nullptr) return;
    attempt(entry->over ? noted_ : entry->noted, [&] {
      check_field(*entry, field, level);
      if (!entry->over) {  // else put() notes it
        check_arrays(*field, level, arrays);
        values = packed(*field, level, std::move(arrays), entry->copied_bytes, options_.memory_budget);
        is_first = entry->refinements.insert(field->refinement.get()).second;
      }
      is_made = true;
    });
    if (!is_made) return;
  }
  if (is_first) put_boxes(*entry, *field->refinement);
  put(entry, field->columns[static_cast<std::size_t>(level)].get(), nullptr, std::move(values));
}

/// With a step's first field all boxes of this rank.
void WriterState::put_boxes(StepEntry& step, const RefinementEntry& refinement) {
  for (const LevelEntry& level : refinement.levels) {
    if (level.own.empty()) continue;
    AnyArray boxes;
    bool is_made = false;
    attempt(step.noted, [&] {
      boxes = stored_boxes(level);
      is_made = true;
    });
    if (is_made) put(&step, level.box.get(), nullptr, std::move(boxes));
  }
}

const LevelEntry* level_with_boxes(const TableEntry& table) noexcept {
  if (table.refinement == nullptr) return nullptr;
  const LevelEntry& level = table.refinement->levels[static_cast<std::size_t>(table.level)];
  return level.boxes.get() == &table ? &level : nullptr;
}

bool boxes_stay(const TableEntry& table) {
  const LevelEntry* level = level_with_boxes(table);
  if (level == nullptr) return false;
  const std::int64_t written = table.run->group().rows.find(table.name)->written;
  return written != 0 && written == level->version;
}

void require_asked_level(const TableEntry& table, const schema::Field& column) {
  if (table.refinement == nullptr) return;
  throw made_error(ErrorCode::not_covered, {}, [&] {
    return Error(ErrorCode::not_covered,
                 "the file has field " + in_quotes(schema::name_without_level(column.name, table.level)) + " on " +
                     of_level(*table.refinement, static_cast<std::size_t>(table.level)) +
                     ", without a fill value; declare it on the refinement with Run::field and put it too");
  });
}

void require_whole_level(const TableEntry& table, const FieldEntry& column) {
  if (table.refinement == nullptr) return;
  const std::string& name = column.description().name;
  const auto level = static_cast<std::size_t>(table.level);
  refuse(ErrorCode::not_covered, "field " + in_quotes(schema::name_without_level(name, table.level)) +
                                     " was not put on " + of_level(*table.refinement, level) +
                                     ", but other fields were; put all fields of the refinement on all levels where "
                                     "this rank has boxes");
}

void require_all_levels(const StepEntry& step) {
  for (const RefinementEntry* refinement : step.refinements) {
    for (std::size_t number = 0; number < refinement->levels.size(); ++number) {
      const LevelEntry& level = refinement->levels[number];
      if (level.own.empty() || step.rows.contains(level.cells.get())) continue;
      refuse(ErrorCode::not_covered, of_level(*refinement, number) + " has " + std::to_string(level.own.size()) +
                                         " boxes on this rank, and no field was put there, but on another level; put "
                                         "all fields on all levels");
    }
  }
}

void require_own_boxes(const RunEntry& run) {
  for (const auto& refinement : run.refinements) {
    const auto is_there = [](const LevelEntry& level) { return level.cells->all > 0; };
    if (std::ranges::none_of(refinement->levels, is_there)) continue;
    for (std::size_t number = 0; number < refinement->levels.size(); ++number) {
      const LevelEntry& level = refinement->levels[number];
      if (level.cells->own == level.own_cells) continue;
      refuse(ErrorCode::not_covered, of_level(*refinement, number) +
                                         ": other ranks put its fields in this step, and this one did not, which has " +
                                         std::to_string(level.own.size()) +
                                         " boxes there; put them on every rank that has boxes");
    }
  }
}

}  // namespace tessera::detail
