#include <algorithm>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/catalog.hpp"
#include "schema/field_rules.hpp"
#include "schema/layout.hpp"
#include "schema/limits.hpp"
#include "schema/names.hpp"
#include "schema/resumption.hpp"

/// \file
/// Tables: definitions, and what a step's rows change.

namespace tessera::schema {

namespace {

std::string described_table(const Group& group, const std::string& table) {
  return "table " + in_quotes(table) + " of " + group.described();
}

void check_options(const std::string& what, const TableOptions& options) {
  if (options.chunk_rows < 0) {
    throw Error(ErrorCode::invalid_argument, what + " has chunks of " + std::to_string(options.chunk_rows) +
                                                 " rows; give 1 or more, or 0 to have it chosen");
  }
  if (!options.position.empty()) check_name("field", options.position);
}

/// Of a table that is there. Those of the file stay.
void check_same(const std::string& what, const TableOptions& there, const TableOptions& asked) {
  if (there.position != asked.position) {
    refuse_other(what, "its position is " + in_quotes(there.position) + " in the file and " +
                           in_quotes(asked.position) + " here");
  }
  if (asked.chunk_rows != 0 && there.chunk_rows != 0 && asked.chunk_rows != there.chunk_rows) {
    refuse_other(what, "its chunks have " + std::to_string(there.chunk_rows) + " rows in the file and " +
                           std::to_string(asked.chunk_rows) + " here");
  }
}

}  // namespace

void Catalog::add_table(int number, const std::string& name, const TableOptions& options) {
  Group changed = group(number);
  const std::string what = described_table(changed, name);
  check_options(what, options);
  if (const RowsRecord* known = changed.rows.find(name)) {
    if (!known->found) {
      throw Error(ErrorCode::name_in_use, what + " was asked for before; keep the Table that Run::table gave");
    }
    RowsRecord record = *known;
    check_same(what, record.options, options);
    if (record.options.chunk_rows == 0) record.options.chunk_rows = options.chunk_rows;
    record.found = false;
    changed.rows.set(name, record);
    groups_.set(number, std::move(changed));
    return;
  }
  check_name("table", name);
  check_series_count(changed.described(), changed.fields.size() + changed.scalars.size() + 2, limits_.max_series,
                     limits_.engine);
  for (const std::string& member : {rows_name(name), begin_name(name), count_name(name)}) {
    check_free(changed, "member", member);
  }
  take_axis(changed, rows_axis(name));
  for (const std::string& member : {begin_name(name), count_name(name)}) {
    take_name(changed, member, Kind::scalar);
    changed.scalars.set(member, {{}, 0, false, name});
  }
  changed.rows.set(name, {options, 0, 0, 0, false});
  groups_.set(number, std::move(changed));
}

void Catalog::define_counts(Group& group, const std::string& table) {
  const std::string begin = begin_name(table);
  if (group.scalars.find(begin)->batch != 0) return;
  const std::int64_t chunk = series_chunk(runs_with_steps_, max_run_steps_);
  const TableOptions& options = group.rows.find(table)->options;
  const Batch batch = queue(create_counts(group.run->path, table, options, group.steps, chunk));
  for (const std::string& name : {begin, count_name(table)}) {
    ScalarRecord record = *group.scalars.find(name);
    record.batch = batch;
    group.scalars.set(name, std::move(record));
  }
}

void Catalog::set_rows(int number, const std::string& table, std::int64_t rows, int ranks) {
  Group changed = group(number);
  RowsRecord record = *changed.rows.find(table);
  record.rows = rows;
  const Group before = changed;
  if (record.options.chunk_rows == 0 && rows > 0) {
    std::int64_t widest = 1;
    before.fields.for_each([&](int, const FieldRecord& column) {
      if (column.field.table == table) widest = std::max(widest, column.field.cell_bytes());
    });
    record.options.chunk_rows = chosen_chunk_rows(rows, widest, ranks);
  }
  before.fields.for_each([&](int field, const FieldRecord& column) {
    if (column.field.table != table) return;
    FieldRecord longer = column;
    longer.field.axes.front().length = rows;
    if (rows > 0) longer.field.chunk = {record.options.chunk_rows};
    changed.fields.set(field, std::move(longer));
  });
  changed.rows.set(table, record);
  groups_.set(number, std::move(changed));
}

void Catalog::set_boxes(int number, const std::string& table, const std::string& cells, std::int64_t version) {
  Group changed = group(number);
  RowsRecord record = *changed.rows.find(table);
  record.cells = cells;
  record.version = version;
  changed.rows.set(table, std::move(record));
  groups_.set(number, std::move(changed));
}

std::int64_t Catalog::first_chunk(int number, const Field& field) const {
  if (field.table.empty()) return 0;
  const RowsRecord& record = *group(number).rows.find(field.table);
  return record.begin() / record.options.chunk_rows;
}

/// Of all tables: one that nobody asks for has no rows in steps to come.
void Catalog::add_rows(Group& group, StepChanges& changes) {
  const std::int64_t step = group.steps - 1;
  const auto path = [&](const std::string& name) { return join(group.run->path, name); };
  const Group before = group;
  before.rows.for_each([&](const std::string& table, const RowsRecord& there) {
    RowsRecord record = there;
    record.last = {there.begin(), there.rows};
    if (there.rows > 0) {
      record.end = record.length = record.last.begin + record.last.count;
      record.written = there.version;
      record.written_rows = record.last;
    } else if (!there.cells.empty() && before.rows.find(there.cells)->rows > 0) {
      record.last = there.written_rows;
    }
    changes.values.push_back({path(begin_name(table)), step, {static_cast<double>(record.last.begin)}});
    changes.values.push_back({path(count_name(table)), step, {static_cast<double>(record.last.count)}});
    group.rows.set(table, record);
    if (there.rows == 0) return;
    before.fields.for_each([&](int, const FieldRecord& column) {
      if (column.batch == 0 || column.field.table != table) return;
      changes.fields.push_back({column.field.path, record.end});
      changes.undo.push_back({column.field.path, there.length});
    });
    changes.series.push_back({path(rows_name(table)), record.end});
  });
}

}  // namespace tessera::schema
