#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/catalog.hpp"
#include "schema/field_rules.hpp"
#include "schema/layout.hpp"
#include "schema/limits.hpp"
#include "schema/mesh.hpp"

/// \file
/// What steps need, and what they change.

namespace tessera::schema {

namespace {

std::int64_t length_of_rows(const Group& group, const Field& field) {
  return field.table.empty() ? 0 : group.rows.find(field.table)->length;
}

/// By time axes, the row that a step has on each, where it has one.
using Rows = std::map<std::string, std::int64_t>;

Rows rows_of_step(const Group& group, std::int64_t step, const std::vector<int>& fields, const Scalars& scalars) {
  Rows rows{{time_of_steps, step}};
  group.time_axes.for_each([&](const std::string& name, const TimeAxisRecord& record) {
    if (has_row(group, name, fields, scalars)) rows[name] = record.steps;
  });
  return rows;
}

void lengthen_time_axes(Group& group, const Rows& rows) {
  for (const auto& [name, row] : rows) {
    const TimeAxisRecord* known = group.time_axes.find(name);
    if (known != nullptr) group.time_axes.set(name, {row + 1, known->batch});
  }
}

}  // namespace

void Catalog::check_scalar(int number, const std::string& name, std::size_t further) const {
  const Group& owner = group(number);
  if (const ScalarRecord* known = owner.scalars.find(name)) {
    if (!known->mesh.empty()) {
      throw Error(ErrorCode::name_in_use, "the scalar " + in_quotes(name) + " of " + owner.described() +
                                              " tells the versions of mesh " + in_quotes(known->mesh) +
                                              ", which the library does; choose another name");
    }
    if (known->table.empty()) return;
    throw Error(ErrorCode::name_in_use, "the scalar " + in_quotes(name) + " of " + owner.described() +
                                            " counts the rows of table " + in_quotes(known->table) +
                                            ", which the library does; choose another name");
  }
  check_free(owner, "scalar", name);
  check_series_count(owner.described(), owner.fields.size() + owner.scalars.size() + further, limits_.max_series,
                     limits_.engine);
}

void Catalog::define_time(Group& group) {
  if (group.time_batch != 0) return;
  const std::int64_t chunk = series_chunk(runs_with_steps_, max_run_steps_);
  group.time_batch = queue(create_time(*group.run, group.steps, dimensions_++, chunk));
}

/// Also of an axis that has some of the steps.
void Catalog::define_time(Group& group, const std::string& name) {
  define_time(group);
  const TimeAxisRecord* known = group.time_axes.find(name);
  if (known == nullptr || known->batch != 0) return;
  TimeAxisRecord record = *known;
  const std::int64_t chunk = series_chunk(runs_with_steps_, max_run_steps_);
  record.batch = queue(create_time(*group.run, record.steps, dimensions_++, chunk, name));
  group.time_axes.set(name, record);
}

void Catalog::take_time_axis(Group& group, const std::string& name) {
  if (name == time_of_steps || group.time_axes.contains(name)) return;
  take_name(group, name, Kind::time_axis);
  group.time_axes.set(name, {});
}

void Catalog::define_axis(Group& group, const Axis& axis) {
  AxisRecord record = *group.axes.find(axis.name);
  if (record.batch != 0) return;
  if (axis.edges) define_axis(group, component_axis(2));
  record.batch = queue(create_axis(group.run->path, record.axis, dimensions_++));
  group.axes.set(axis.name, std::move(record));
}

void Catalog::define_field(Group& group, int number) {
  FieldRecord record = *group.fields.find(number);
  if (record.batch != 0) return;
  if (record.field.time_dependent) define_time(group, record.field.time_axis);
  for (const Axis& axis : record.field.all_axes()) define_axis(group, axis);
  const std::int64_t steps = group.steps_on(record.field.time_axis);
  record.batch = queue(create_field(group.run->path, record.field, steps, length_of_rows(group, record.field)));
  group.fields.set(number, std::move(record));
}

void Catalog::define_scalar(Group& group, const std::string& name) {
  ScalarRecord record;
  if (const ScalarRecord* known = group.scalars.find(name)) record = *known;
  if (record.batch != 0) return;
  if (!record.table.empty()) return define_counts(group, record.table);
  if (!record.mesh.empty()) return define_version(group, record.mesh);
  define_time(group, record.options.time_axis);
  const std::int64_t chunk = series_chunk(runs_with_steps_, max_run_steps_);
  const std::int64_t steps = group.steps_on(record.options.time_axis);
  record.batch = queue(create_scalar(group.run->path, name, record.options, steps, chunk));
  take_name(group, name, Kind::scalar);
  group.scalars.set(name, std::move(record));
}

/// For those of the fields that have none yet; a table is of fields on one time axis. Nobody waits for statistics:
/// where there is no room, or another member has the name, there are none.
void Catalog::define_statistics(Group& group, const std::vector<int>& fields, bool time_dependent) {
  constexpr int max_tables = 64;  // besides fields and scalars, in the list that HDF5 keeps of the time axis
  constexpr std::size_t max_fields = 256;
  const Kind* holder = group.names.find(statistics_group);
  if (static_cast<int>(group.tables.size()) >= max_tables || group.run->path == "/" ||
      (holder != nullptr && *holder != Kind::statistics))
    return;
  StatisticsTable table;
  std::vector<int> members;
  std::set<std::string> others;  // axes of fields that come in a table of their own
  const auto finish = [&] {
    const int number = static_cast<int>(group.tables.size());
    if (members.empty() || number >= max_tables) return;
    table.path = join(join(group.run->path, statistics_group), "table_" + std::to_string(number + 1));
    table.has_time = time_dependent;
    define_table(group, table, members);
    table.fields.clear();
    table.entries.clear();
    members.clear();
  };
  const auto add_all_on = [&](const std::string& time_axis) {
    table.time_axis = time_axis;
    for (const int number : fields) {
      const FieldRecord& record = *group.fields.find(number);
      if (record.table >= 0 || record.field.time_dependent != time_dependent || !record.field.table.empty()) continue;
      if (time_dependent && record.field.time_axis != time_axis) {
        others.insert(record.field.time_axis);
        continue;
      }
      table.fields.push_back(record.field.name);
      table.entries.push_back(static_cast<std::int32_t>(statistics_entries(record.field.components)));
      members.push_back(number);
      if (members.size() == max_fields) finish();
    }
    finish();
  };
  add_all_on(time_of_steps);
  for (const std::string& time_axis : std::exchange(others, {})) add_all_on(time_axis);
}

void Catalog::define_table(Group& group, const StatisticsTable& table, const std::vector<int>& fields) {
  if (!group.names.contains(statistics_group)) {
    queue(create_statistics(group.run->path));
    take_name(group, statistics_group, Kind::statistics);
  }
  const int number = static_cast<int>(group.tables.size());
  const std::int64_t rows = statistics_rows(table.columns(), series_chunk(runs_with_steps_, max_run_steps_));
  const std::int64_t steps = group.steps_on(table.time_axis);
  const Batch batch = queue(create_statistics_table(group.run->path, table, steps, rows, dimensions_++));
  group.tables.set(number, {std::make_shared<const StatisticsTable>(table), batch});
  for (const int field : fields) {
    FieldRecord record = *group.fields.find(field);
    record.table = number;
    group.fields.set(field, std::move(record));
  }
}

void Catalog::define_step(int number, bool has_time, const std::vector<int>& fields, const Scalars& scalars) {
  Group changed = group(number);
  if (has_time) {
    queue_cut(changed);
    define_time(changed);
    const Group before = changed;
    before.rows.for_each([&](const std::string& table, const RowsRecord&) { define_counts(changed, table); });
    before.versions.for_each([&](const std::string& mesh, const VersionRecord&) { define_version(changed, mesh); });
  }
  for (const int field : fields) define_field(changed, field);
  std::size_t further = 0;
  for (const auto& scalar : scalars) {
    if (!changed.scalars.contains(scalar.first)) check_scalar(number, scalar.first, ++further);
    define_scalar(changed, scalar.first);
  }
  if (limits_.statistics) {
    define_statistics(changed, fields, true);
    define_statistics(changed, fields, false);
  }
  groups_.set(number, std::move(changed));
}

StepChanges Catalog::add_step(int number, const double* time, const std::vector<int>& fields, const Scalars& scalars) {
  Group changed = group(number);
  for (const int field : fields) {
    FieldRecord record = *changed.fields.find(field);
    if (std::exchange(record.written, true)) continue;
    changed.fields.set(field, std::move(record));
  }
  StepChanges changes;
  if (time != nullptr) {
    const std::int64_t step = changed.steps++;
    if (step == 0) ++runs_with_steps_;
    max_run_steps_ = std::max(max_run_steps_, changed.steps);
    changed.last_time = *time;
    changed.grown = true;
    const auto path = [&](const std::string& name) { return join(changed.run->path, name); };
    const Rows rows = rows_of_step(changed, step, fields, scalars);
    const auto row_on = [&](const std::string& time_axis) {
      const auto found = rows.find(time_axis);
      return found == rows.end() ? std::nullopt : std::optional(found->second);
    };
    changed.fields.for_each([&](int, const FieldRecord& record) {
      if (record.batch == 0 || !record.field.time_dependent) return;
      const auto row = row_on(record.field.time_axis);
      if (!row) return;
      changes.fields.push_back({record.field.path, *row + 1});
      changes.undo.push_back({record.field.path, *row});
    });
    for (const auto& [time_axis, row] : rows) changes.series.push_back({path(time_axis), row + 1});
    changed.scalars.for_each([&](const std::string& name, const ScalarRecord& record) {
      const auto row = row_on(record.options.time_axis);
      if (record.batch != 0 && row) changes.series.push_back({path(name), *row + 1});
    });
    changed.tables.for_each([&](int, const TableRecord& record) {
      const auto row = row_on(record.table->time_axis);
      if (record.table->has_time && row) changes.series.push_back({record.table->path, *row + 1});
    });
    for (const auto& [name, value] : scalars) {
      const std::int64_t row = rows.at(changed.scalars.find(name)->options.time_axis);
      changes.values.push_back({path(name), row, {value}});
    }
    for (const auto& [time_axis, row] : rows) changes.values.push_back({path(time_axis), row, {*time}});
    lengthen_time_axes(changed, rows);
    changed.versions.for_each([&](const std::string& mesh, const VersionRecord& record) {
      changes.values.push_back({path(version_name(mesh)), step, {static_cast<double>(record.version)}});
    });
    add_rows(changed, changes);
  }
  groups_.set(number, std::move(changed));
  return changes;
}

void Catalog::define_remaining(int number) {
  if (!group(number).cut.empty()) return;  // what comes next is for the number of steps that there would be then
  Group changed = group(number);
  const Group before = changed;
  const std::vector<std::string> awaited = awaited_meshes(before);
  before.fields.for_each([&](int field, const FieldRecord& record) {
    const bool shows = record.field.time_dependent || record.field.fill;
    if (record.batch != 0 || !shows || record.field.chunk.empty() || waits_for_mesh(awaited, record.field)) return;
    define_field(changed, field);
  });
  before.scalars.for_each([&](const std::string& name, const ScalarRecord& record) {
    if (changed.time_batch != 0 && !waits_for_mesh(awaited, before, record)) define_scalar(changed, name);
  });
  groups_.set(number, std::move(changed));
}

}  // namespace tessera::schema
