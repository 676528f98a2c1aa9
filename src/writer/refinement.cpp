#include <tessera/refinement.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "schema/names.hpp"
#include "writer/define_field.hpp"
#include "writer/level_boxes.hpp"
#include "writer/refined_definitions.hpp"
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
std::int64_t Refinement::ratio(int level) const { return std::ranges::max(ratios(level)); }
Index Refinement::ratios(int level) const { return level_of(entry_, level).description.ratio; }
std::vector<double> Refinement::spacing(int level) const { return level_of(entry_, level).description.spacing; }
std::vector<double> Refinement::origin() const { return level_of(entry_, 0), entry_->options.origin; }
const std::vector<Box>& Refinement::boxes(int level) const { return level_of(entry_, level).own; }

namespace detail {

std::string RefinementEntry::described() const { return "refinement " + in_quotes(name); }

std::string RefinedFieldEntry::described() const {
  return "field " + in_quotes(name) + " on " + refinement->described();
}

std::string RefinedFieldEntry::described(int level) const {
  return "field " + in_quotes(name) + " on " + of_level(*refinement, static_cast<std::size_t>(level));
}

std::string of_level(const RefinementEntry& refinement, std::size_t level) {
  return "level " + std::to_string(level) + " of " + refinement.described();
}

namespace {

std::string refinement_text(const RunEntry& run, const std::string& name, const RefinementOptions& options) {
  const auto& [cells, levels, ratio, axis_ratios, spacing, origin, unit, chunk_cells] = options;
  std::string text = "refinement(" + in_quotes(name) + " of " + run.described() + ", cells " + to_string(cells) +
                     ", levels " + std::to_string(levels) + ", ratio";
  for (const int one : ratio) text += " " + std::to_string(one);
  for (const Index& one : axis_ratios) text += " " + to_string(one);
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

std::shared_ptr<RefinementEntry> WriterState::add_refinement(RunEntry& run, const std::string& name,
                                                             const RefinementOptions& options) {
  const auto call = [&] { return "refinement(" + in_quotes(name) + " of " + run.described() + ")"; };
  return together("Run::refinement", call, [&] {
    std::shared_ptr<RefinementEntry> entry;
    RefinedDefinitions definitions;
    agree([&] { return refinement_text(run, name, options); },
          [&] {
            schema::check_name("refinement", name);
            entry = std::make_shared<RefinementEntry>();
            entry->run = &run;
            entry->name = name;
            entry->options = schema::completed(entry->described(), options);
            for (auto& level : schema::levels_of(entry->described(), entry->options))
              entry->levels.push_back({std::move(level), {}, {}, {}, {}, 0, 0});
            definitions.next = catalog_;
            in_context(entry->described(), [&] {
              for (std::size_t level = 0; level < entry->levels.size(); ++level)
                define_level(run, *entry, static_cast<int>(level), definitions);
            });
            definitions.make_room(run);
            make_room(run.refinements);
          });
    keep_definitions(run, std::move(definitions));
    run.refinements.push_back(entry);
    forget_rows(run);
    return entry;
  });
}

void WriterState::define_level(RunEntry& run, RefinementEntry& refinement, int level,
                               RefinedDefinitions& definitions) const {
  const RefinementOptions& options = refinement.options;
  LevelEntry& entry = refinement.levels[static_cast<std::size_t>(level)];
  entry.boxes = definitions.add_table(run, schema::boxes_table(refinement.name, level), {});
  FieldOptions<std::int64_t> column;
  column.long_name = "first and last cell of each box, x first";
  column.components = 2 * static_cast<std::int64_t>(options.cells.size());
  column.attributes = schema::attributes_of(refinement.name, options, level, entry.description);
  entry.box = definitions.add_column(run, schema::box_column(refinement.name, level), entry.boxes, request_of(column),
                                     options_.codec);
  entry.cells =
      definitions.add_table(run, schema::cells_table(refinement.name, level), {.chunk_rows = options.chunk_cells});
  for (TableEntry* table : {entry.boxes.get(), entry.cells.get()}) {
    table->refinement = &refinement;
    table->level = level;
  }
}

std::shared_ptr<RefinedFieldEntry> WriterState::add_refined_field(RunEntry& run, const std::string& name,
                                                                  const std::shared_ptr<RefinementEntry>& refinement,
                                                                  FunctionRef<FieldRequest()> make_request) {
  const auto call = [&] { return "field(" + in_quotes(name) + " of " + run.described() + ")"; };
  return together("Run::field", call, [&] {
    std::shared_ptr<RefinedFieldEntry> entry;
    RefinedDefinitions definitions;
    FieldRequest request;
    const auto what = [&] {
      request = make_request();
      return refined_field_text(run, name, refinement ? refinement->name : std::string(), request);
    };
    agree(what, [&] {
      schema::check_name("field", name);
      if (!refinement || refinement->run != &run) {
        throw Error(ErrorCode::wrong_order, "the field " + in_quotes(name) + " of " + run.described() +
                                                " is declared on a refinement that is not of this run; take one that "
                                                "Run::refinement gave");
      }
      entry = std::make_shared<RefinedFieldEntry>(RefinedFieldEntry{name, refinement, {}});
      definitions.next = catalog_;
      in_context(entry->described(), [&] {
        for (const LevelEntry& level : refinement->levels) {
          const std::string column = schema::level_name(name, level.cells->level);
          entry->columns.push_back(definitions.add_column(run, column, level.cells, request, options_.codec));
        }
      });
      definitions.make_room(run);
    });
    keep_definitions(run, std::move(definitions));
    return entry;
  });
}

void WriterState::keep_definitions(RunEntry& run, RefinedDefinitions&& definitions) noexcept {
  keep(std::move(definitions.next));
  definitions.add_entries(run);
}

void WriterState::regrid(RunEntry& run, RefinementEntry* refinement, const LevelBoxes& boxes) {
  const auto call = [&] {
    return "regrid(" + (refinement != nullptr ? in_quotes(refinement->name) : std::string("no refinement")) + " of " +
           run.described() + ")";
  };
  // Steps in flight may stay there: nothing that they need is changed.
  enter("Run::regrid", call, [&] {
    tell_what_was_lost();
    agree(call, [&] { check_regrid(run, refinement); });
    auto checked = in_context(call(), [&] { return checked_boxes(comm_, *refinement, boxes); });
    bool all_stay = true;  // on every rank
    for (std::size_t level = 0; level < checked.own.size(); ++level) {
      if ((checked.stay >> level & 1u) != 0) continue;
      all_stay = false;
      LevelEntry& entry = refinement->levels[level];
      entry.own_cells = 0;
      for (const Box& box : checked.own[level]) entry.own_cells += box.volume();
      entry.own = std::move(checked.own[level]);
      ++entry.version;
    }
    refinement->has_boxes = true;
    if (!all_stay) forget_rows(run);
  });
}

}  // namespace detail

}  // namespace tessera
