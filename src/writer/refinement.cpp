#include <tessera/refinement.hpp>

#include "base/text.hpp"
#include "writer/define_field.hpp"
#include "writer/level_boxes.hpp"
#include "writer/refinement_entry.hpp"
#include "writer/state.hpp"
#include "writer/table_rows.hpp"
#include "writer/text.hpp"

/// \file
/// Refinements: their tables and columns as definitions, and the boxes that their levels have.

namespace tessera {

namespace {

const detail::LevelEntry& level_of(const std::shared_ptr<detail::RefinementEntry>& entry, int level) {
  const int levels = entry ? static_cast<int>(entry->levels.size()) : 0;
  if (level >= 0 && level < levels) return entry->levels[static_cast<std::size_t>(level)];
  throw Error(ErrorCode::invalid_argument, (entry ? entry->described() : std::string("a refinement of no run")) +
                                               " has " + std::to_string(levels) + " levels, and no level " +
                                               std::to_string(level));
}

}  // namespace

const std::string& Refinement::name() const noexcept {
  static const std::string none;
  return entry_ ? entry_->name : none;
}

int Refinement::levels() const noexcept { return entry_ ? static_cast<int>(entry_->levels.size()) : 0; }
Index Refinement::cells(int level) const { return level_of(entry_, level).description.cells; }
const std::vector<Box>& Refinement::boxes(int level) const { return level_of(entry_, level).own; }
Table Refinement::table(int level) const { return Table(level_of(entry_, level).cells); }

namespace detail {

std::string name_on_level(const std::string& name, int level) { return schema::level_name(name, level); }

std::string RefinementEntry::described() const { return "refinement " + in_quotes(name); }

namespace {

std::string refinement_text(const RunEntry& run, const std::string& name, const RefinementOptions& options) {
  const auto& [cells, levels, ratio, spacing, origin, unit, chunk_cells] = options;
  std::string text = "refinement(" + in_quotes(name) + " of " + run.described() + ", cells " + to_string(cells) +
                     ", levels " + std::to_string(levels) + ", ratio";
  for (const int one : ratio) text += " " + std::to_string(one);
  text += ", spacing";
  for (const double one : spacing) text += " " + exact(one);
  text += ", origin";
  for (const double one : origin) text += " " + exact(one);
  return text + ", unit " + in_quotes(unit) + ", chunk_cells " + std::to_string(chunk_cells) + ")";
}

void check_regrid(const RunEntry& run, const RefinementEntry* refinement) {
  if (refinement == nullptr || refinement->run != &run) {
    throw Error(ErrorCode::wrong_order,
                "regrid of a refinement that is not of " + run.described() + "; take one that Run::refinement gave");
  }
  const auto open = run.open.lock();
  if (open && !open->over) {
    throw Error(ErrorCode::wrong_order,
                "a step of " + run.described() + " is open; commit it before Run::regrid, or let it go out of scope");
  }
}

}  // namespace

/// Several collective calls, one after the other; where one fails none of it is declared.
std::shared_ptr<RefinementEntry> WriterState::add_refinement(RunEntry& run, const std::string& name,
                                                             const RefinementOptions& options) {
  auto entry = std::make_shared<RefinementEntry>();
  schema::Catalog before;
  const auto call = [&] { return "refinement(" + in_quotes(name) + " of " + run.described() + ")"; };
  together("Run::refinement", call, [&] {
    agree([&] { return refinement_text(run, name, options); },
          [&] {
            entry->run = &run;
            entry->name = name;
            entry->options = schema::completed(entry->described(), options);
            for (auto& level : schema::levels_of(entry->described(), entry->options))
              entry->levels.push_back({std::move(level), {}, {}, {}, {}, 0});
            make_room(run.refinements);
            before = catalog_;
          });
  });
  const std::size_t fields = run.fields.size();
  const std::size_t tables = run.tables.size();
  try {
    for (std::size_t level = 0; level < entry->levels.size(); ++level) add_level(run, *entry, static_cast<int>(level));
  } catch (...) {
    if (!engine_) throw;
    catalog_ = std::move(before);
    run.fields.resize(fields);
    run.tables.resize(tables);
    run.plans.forget();  // they go by the fields' numbers
    throw;
  }
  run.refinements.push_back(entry);
  return entry;
}

void WriterState::add_level(RunEntry& run, RefinementEntry& refinement, int level) {
  const RefinementOptions& options = refinement.options;
  LevelEntry& entry = refinement.levels[static_cast<std::size_t>(level)];
  entry.boxes = add_table(run, schema::boxes_table(refinement.name, level), {});
  entry.box = add_column(run, schema::box_column(refinement.name, level), entry.boxes, [&] {
    FieldOptions<std::int64_t> column;
    column.long_name = "first and last cell of each box, x first";
    column.components = 2 * static_cast<std::int64_t>(options.cells.size());
    column.attributes = schema::attributes_of(refinement.name, options, level, entry.description);
    return request_of(column);
  });
  entry.cells = add_table(run, schema::cells_table(refinement.name, level), {.chunk_rows = options.chunk_cells});
}

void WriterState::regrid(RunEntry& run, RefinementEntry* refinement, const LevelBoxes& boxes) {
  const auto call = [&] {
    return "regrid(" + (refinement != nullptr ? in_quotes(refinement->name) : std::string("no refinement")) + " of " +
           run.described() + ")";
  };
  // Steps in flight may stay there: nothing that they need is changed.
  enter("Run::regrid", call, [&] {
    agree(call, [&] { check_regrid(run, refinement); });
    auto own = in_context(call(), [&] { return checked_boxes(comm_, *refinement, boxes); });
    for (std::size_t level = 0; level < own.size(); ++level) {
      LevelEntry& entry = refinement->levels[level];
      entry.own_cells = 0;
      for (const Box& box : own[level]) entry.own_cells += box.volume();
      entry.own = std::move(own[level]);
    }
    refinement->has_boxes = true;
    forget_rows(run);
  });
}

}  // namespace detail

}  // namespace tessera
