#include "writer/refined_puts.hpp"

#include <utility>

#include "base/text.hpp"
#include "pipeline/piece_job.hpp"
#include "pipeline/readable_put.hpp"
#include "schema/array_rules.hpp"
#include "writer/refinement_entry.hpp"
#include "writer/state.hpp"

/// \file
/// Values of a refinement: those of a rank's boxes become the rows that it has of a table.

namespace tessera::detail {

namespace {

[[noreturn]] void refuse(ErrorCode code, const std::string& message) { throw Error(code, message); }

std::string of_level(const RefinementEntry& refinement, std::size_t level) {
  return "level " + std::to_string(level) + " of " + refinement.described();
}

void check_level(const StepEntry& step, const RefinementEntry* refinement, const FieldEntry* column, int level) {
  if (refinement == nullptr || (column == nullptr && refinement->levels.empty()))
    refuse(ErrorCode::invalid_argument, "put of a RefinedField that belongs to no run; make it with Run::field");
  if (refinement->run != step.run) {
    refuse(ErrorCode::wrong_order, refinement->described() + " is of " + refinement->run->described() +
                                       ", and the step of " + step.run->described() +
                                       "; put its fields into a step of its own run");
  }
  if (column == nullptr) {
    refuse(ErrorCode::invalid_argument, refinement->described() + " has " + std::to_string(refinement->levels.size()) +
                                            " levels, and a field was put on level " + std::to_string(level));
  }
  if (!step.values.time) {
    refuse(ErrorCode::wrong_order, schema::described(column->description()) +
                                       " lies on a refinement, which has boxes in each step, but was put into "
                                       "Run::statics; put it into a Run::step");
  }
  if (!refinement->has_boxes) {
    refuse(ErrorCode::wrong_order,
           refinement->described() + " has no boxes yet; call Run::regrid before the first step with its fields");
  }
}

void check_count(const FieldEntry& column, const RefinementEntry& refinement, std::size_t level, std::size_t arrays) {
  const std::size_t boxes = refinement.levels[level].own.size();
  if (arrays == boxes) return;
  refuse(ErrorCode::shape_mismatch, schema::described(column.description()) + ": " + std::to_string(arrays) +
                                        " arrays were put, and this rank has " + std::to_string(boxes) + " boxes on " +
                                        of_level(refinement, level) + "; put one array for each, in their order");
}

void check_budget(const FieldEntry& column, std::size_t bytes, std::size_t before, std::size_t budget) {
  if (budget == 0 || (bytes <= budget && before <= budget - bytes)) return;
  refuse(ErrorCode::out_of_memory, schema::described(column.description()) + ": the copy of its values takes " +
                                       std::to_string(bytes) + " bytes, the copies of this step before it " +
                                       std::to_string(before) + ", and Options::memory_budget allows " +
                                       std::to_string(budget) + " for all of them; raise it");
}

/// The cells of all boxes one after the other, each in C order.
AnyArray packed(const FieldEntry& column, const LevelEntry& level, std::vector<AnyArray> arrays,
                std::size_t& copied_before, std::size_t budget) {
  schema::Field field = column.description();
  field.stored = field.given;  // converted later, with the rows
  const auto cell_bytes = static_cast<std::size_t>(field.cell_bytes());
  const std::size_t bytes = static_cast<std::size_t>(level.own_cells) * cell_bytes;
  check_budget(column, bytes, copied_before, budget);
  const std::shared_ptr<std::byte[]> memory(new std::byte[bytes]);
  std::byte* target = memory.get();
  for (std::size_t number = 0; number < arrays.size(); ++number) {
    const Box& box = level.own[number];
    if (arrays[number].type != field.given) {
      refuse(ErrorCode::type_mismatch, schema::described(field) + " holds " + to_string(field.given) +
                                           ", but the array of the box " + to_string(box) + " is of " +
                                           to_string(arrays[number].type));
    }
    const pipeline::PutBox put{box, schema::resolved(field, box, std::move(arrays[number]))};
    pipeline::each_piece_job(field, pipeline::readable(put, field.given), box, target, row_major_strides(box.extents()),
                             [](const pack::PackJob& job) { pack::pack(job); });
    target += static_cast<std::size_t>(box.volume()) * cell_bytes;
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

void WriterState::put_level(StepEntry* entry, const RefinementEntry* refinement, FieldEntry* column, int level,
                            std::vector<AnyArray> arrays) {
  AnyArray values;
  bool is_first = false;
  {
    const InUse::Hold hold(in_use_, "Step::put", path_);
    require_open("Step::put");
    if (entry == nullptr) return;
    std::optional<Error>& noted = entry->over ? noted_ : entry->noted;
    bool is_made = false;
    attempt(noted, [&] {
      check_level(*entry, refinement, column, level);
      if (entry->over) {  // which put() notes
        is_made = true;
        return;
      }
      const auto number = static_cast<std::size_t>(level);
      check_count(*column, *refinement, number, arrays.size());
      values =
          packed(*column, refinement->levels[number], std::move(arrays), entry->copied_bytes, options_.memory_budget);
      is_first = entry->refinements.insert(refinement).second;
      is_made = true;
    });
    if (!is_made) return;
  }
  if (is_first) put_boxes(*entry, *refinement);
  put(entry, column, nullptr, std::move(values));
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
    const auto is_there = [](const LevelEntry& level) { return level.boxes->all > 0; };
    if (std::ranges::none_of(refinement->levels, is_there)) continue;
    for (std::size_t number = 0; number < refinement->levels.size(); ++number) {
      const LevelEntry& level = refinement->levels[number];
      if (level.boxes->own == std::ssize(level.own)) continue;
      refuse(ErrorCode::not_covered, of_level(*refinement, number) +
                                         ": other ranks put its fields in this step, and this one did not, which has " +
                                         std::to_string(level.own.size()) +
                                         " boxes there; put them on every rank that has boxes");
    }
  }
}

}  // namespace tessera::detail
