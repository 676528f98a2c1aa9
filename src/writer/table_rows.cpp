#include "writer/table_rows.hpp"

#include <utility>
#include <vector>

#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/gather.hpp"
#include "schema/array_rules.hpp"
#include "writer/refined_puts.hpp"
#include "writer/refinement_entry.hpp"
#include "writer/state.hpp"

namespace tessera::detail {

namespace {

Box box_of(std::int64_t begin, std::int64_t rows) { return {{begin}, {begin + rows}}; }

/// That this rank put, and that come into the file: boxes that stay are there.
std::int64_t own_rows(const StepEntry& step, const TableEntry& table) {
  if (boxes_stay(table)) return 0;
  const auto found = step.rows.find(&table);
  return found == step.rows.end() ? 0 : found->second.first;
}

/// Columns of a table that this writer was asked for.
template <class Visit>
void each_column(const RunEntry& run, const TableEntry& table, const Visit& visit) {
  for (const auto& field : run.fields) {
    if (field->table.get() == &table) visit(*field);
  }
}

/// Where each table has rows in the step, the same on every rank.
void add_boxes(const StepEntry& step, pipeline::OwnBoxes& own) {
  for (const auto& table : step.run->tables) {
    if (table->all <= 0) continue;
    each_column(*step.run, *table, [&](const FieldEntry& column) {
      own[column.number].assign(1, box_of(table->begin, own_rows(step, *table)));
    });
  }
}

void require_all_columns(const StepEntry& step, const TableEntry& table) {
  each_column(*step.run, table, [&](const FieldEntry& column) {
    if (step.own_puts.contains(column.number)) return;
    require_whole_level(table, column);
    throw Error(ErrorCode::not_covered, schema::described(column.description()) +
                                            " was not put, but other columns of "
                                            "table " +
                                            in_quotes(table.name) + " were, with " +
                                            std::to_string(own_rows(step, table)) + " rows; put every column of it");
  });
}

/// A column that was there and that nobody has asked for would have rows that nobody puts. The same on every rank.
void require_asked_columns(const RunEntry& run) {
  const schema::Group& group = run.group();
  for (const auto& table : run.tables) {
    if (table->all == 0) continue;
    group.fields.for_each([&](int, const schema::FieldRecord& record) {
      if (record.field.table != table->name || !record.found || record.field.fill) return;
      require_asked_level(*table, record.field);
      throw made_error(ErrorCode::not_covered, {}, [&] {
        return Error(ErrorCode::not_covered, schema::described(record.field) + " is a column of table " +
                                                 in_quotes(table->name) +
                                                 " in the file, and has no fill value; "
                                                 "declare it with Run::field and put it too");
      });
    });
  }
}

/// The column that says where rows are is there when the first ones come. The same on every rank.
void require_position(const RunEntry& run) {
  const schema::Group& group = run.group();
  for (const auto& table : run.tables) {
    if (table->all == 0) continue;
    const std::string& position = group.rows.find(table->name)->options.position;
    bool is_there = position.empty();
    group.fields.for_each([&](int, const schema::FieldRecord& record) {
      is_there = is_there || (record.field.table == table->name && record.field.name == position);
    });
    if (is_there) continue;
    throw made_error(ErrorCode::not_found, {}, [&] {
      return Error(ErrorCode::not_found, "table " + in_quotes(table->name) + " of " + group.described() +
                                             " has no column " + in_quotes(position) +
                                             ", which TableOptions::position names; declare it with Run::field, with "
                                             "three components, or name another column, or none");
    });
  }
}

/// How many rows each table gets from each rank, and where this rank's begin. Collective.
void gather_rows(const comm::Communicator& comm, const StepEntry& step) {
  const auto& run_tables = step.run->tables;
  const std::size_t tables = run_tables.size();
  std::optional<Error> failure;
  std::vector<std::int64_t> counts;
  attempt(failure, [&] {
    for (const auto& table : run_tables) counts.push_back(own_rows(step, *table));
  });
  const auto of_all = comm::all_gather_equal(comm, std::move(counts), tables, std::move(failure));
  for (std::size_t number = 0; number < tables; ++number) {
    TableEntry& table = *run_tables[number];
    table.all = 0;
    for (int rank = 0; rank < comm.size(); ++rank) {
      if (rank == comm.rank()) table.begin = table.all;
      table.all += of_all[static_cast<std::size_t>(rank) * tables + number];
    }
    table.own = of_all[static_cast<std::size_t>(comm.rank()) * tables + number];
  }
}

/// The catalog of a step in which all tables of a run have the rows that were gathered.
schema::Catalog with_rows(const schema::Catalog& catalog, const RunEntry& run, int ranks) {
  schema::Catalog next = catalog;
  for (const auto& table : run.tables) {
    next.set_rows(run.number, table->name, table->all, ranks);
    if (const LevelEntry* level = level_with_boxes(*table))
      next.set_boxes(run.number, table->name, level->cells->name, level->version);
  }
  return next;
}

}  // namespace

std::int64_t rows_in(const FieldEntry& column, const AnyArray& whole) {
  const schema::Field& field = column.description();
  const AnyArray& array = whole.parts.empty() ? whole : whole.parts.front();
  const std::int64_t components = whole.parts.empty() ? std::int64_t{field.components} : 1;
  if (!array.defect.empty()) return 0;  // which is told later
  const auto width = [](const Index& widths) { return widths.empty() ? 0 : widths[0]; };
  const std::int64_t halo = width(array.halo.low) + width(array.halo.high);
  if (!array.extents.empty()) return std::max<std::int64_t>(0, array.extents[0] - halo);
  if (!array.count) {
    throw Error(ErrorCode::invalid_argument, schema::described(field) +
                                                 " was put from a pointer, which does not tell "
                                                 "how many rows there are; put tessera::array(pointer, {rows}), or a "
                                                 "container or view");
  }
  if (*array.count % components != 0) {
    throw Error(ErrorCode::shape_mismatch, schema::described(field) + ": the container has " +
                                               std::to_string(*array.count) +
                                               " elements, which is no whole number of "
                                               "rows of " +
                                               std::to_string(components) + " components");
  }
  return std::max<std::int64_t>(0, *array.count / components - halo);
}

bool expect_rows(StepEntry& step, pipeline::OwnBoxes& own) {
  if (!step.values.time) return true;
  bool is_expected = true;
  for (const auto& table : step.run->tables) {
    const std::int64_t rows = own_rows(step, *table);
    if (rows > 0) require_all_columns(step, *table);
    is_expected = is_expected && table->own == rows;
  }
  require_all_levels(step);
  for (const auto& own_put : step.own_puts) {
    const bool is_column = step.run->fields[static_cast<std::size_t>(own_put.first)]->table != nullptr;
    if (is_column) step.puts[own_put.first].reserve(1);  // for take_rows
  }
  add_boxes(step, own);
  return is_expected;
}

void WriterState::place_rows(StepEntry& step, pipeline::OwnBoxes& own) {
  RunEntry& run = *step.run;
  if (run.tables.empty()) return;
  gather_rows(comm_, step);
  schema::Catalog next;
  std::optional<Error> failure;
  attempt(failure, [&] {
    require_own_boxes(run);
    next = with_rows(catalog_, run, comm_.size());
    for (const auto& table : run.tables)
      each_column(run, *table, [&](const FieldEntry& column) { own.erase(column.number); });
    add_boxes(step, own);
  });
  try {
    comm::conclude(comm_, "rows of tables", failure);
    require_asked_columns(run);
    require_position(run);
  } catch (...) {
    forget_rows(run);
    throw;
  }
  keep(std::move(next));
}

void take_rows(StepEntry& step) noexcept {
  for (auto put = step.own_puts.begin(); put != step.own_puts.end();) {
    const TableEntry* table = step.run->fields[static_cast<std::size_t>(put->first)]->table.get();
    if (table == nullptr) {
      ++put;
      continue;
    }
    const std::int64_t rows = own_rows(step, *table);
    if (rows > 0) {
      put->second.box = box_of(table->begin, rows);
      step.puts.find(put->first)->second.push_back(std::move(put->second));
    }
    put = step.own_puts.erase(put);
  }
}

void forget_rows(RunEntry& run) noexcept {
  for (const auto& table : run.tables) table->own = -1;
}

}  // namespace tessera::detail
