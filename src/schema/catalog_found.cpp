#include <algorithm>
#include <cmath>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/catalog.hpp"
#include "schema/field_rules.hpp"
#include "schema/places.hpp"
#include "schema/resumption.hpp"

/// \file
/// Continuing a file that is there: what it contains as a catalog, and definitions that mean what is there.

namespace tessera::schema {

namespace {

constexpr Batch in_the_file = 1;

/// A run's name; nested groups have none.
bool is_run(const StoredRun& stored) { return stored.run.path.rfind('/') == 0; }

[[noreturn]] void refuse_obstacle(const std::string& what, const std::string& obstacle) {
  throw Error(ErrorCode::hdf5,
              what + " cannot be continued: " + obstacle + "; take another name, and leave what is there as it is");
}

void note_axis(Group& group, const Axis& axis) {
  group.names.set(axis.name, Kind::axis);
  group.axes.set(axis.name, {axis, in_the_file});
  if (!axis.edges) return;
  group.names.set(axis.bounds_name(), Kind::axis);
  note_axis(group, component_axis(2));
}

Field as_written(const StoredField& stored) {
  Field field = stored.field;
  field.given = field.stored;
  if (field.spans_steps()) field.chunk = field.shape();
  return field;
}

}  // namespace

Catalog::Catalog(Limits limits, const Contents& contents)
    : limits_(std::move(limits)), dimensions_(contents.dimensions), batches_(in_the_file), settled_(in_the_file) {
  for (const StoredRun& stored : contents.runs) {
    if (is_run(stored)) add_found(stored);
  }
  const FoundGroup& found = *group(root).before;
  if (!found.obstacle.empty()) {
    throw Error(ErrorCode::hdf5,
                "nothing can be added to it, since in its root group " + found.obstacle + "; write another file");
  }
  const auto text_of = [&](const char* name) {
    const auto attribute = std::ranges::find(found.attributes, name, &Attribute::name);
    const auto* text =
        attribute == found.attributes.end() ? nullptr : std::get_if<std::string>(&attribute->value.storage());
    return text == nullptr ? std::string() : *text;
  };
  history_ = text_of("history");
  conventions_ = text_of("Conventions");
}

void Catalog::add_found(const StoredRun& stored) {
  Group added;
  added.run = std::make_shared<const Run>(stored.run);
  FoundGroup before{
      stored.times, stored.attributes, stored.run.options, stored.obstacle, {}, {}, {}, stored.time_axes, {}};
  added.found = true;
  added.steps = static_cast<std::int64_t>(stored.times.size());
  if (added.steps > 0) added.last_time = stored.times.back();
  if (stored.has_time) added.time_batch = in_the_file;
  for (const TimeAxis& axis : stored.time_axes) {
    added.names.set(axis.name, Kind::time_axis);
    added.time_axes.set(axis.name, {std::ssize(axis.times), in_the_file});
  }
  for (const Attribute& attribute : stored.attributes) added.attributes.set(attribute.name, nullptr);
  for (const StoredField& field : stored.fields) {
    added.names.set(field.field.name, Kind::field);
    for (const Axis& axis : field.field.all_axes()) note_axis(added, axis);
    const int number = static_cast<int>(added.fields.size());
    before.fields[field.field.name] = number;
    added.fields.set(number, {as_written(field), in_the_file, true, true});
  }
  for (const StoredScalar& scalar : stored.scalars) {
    added.names.set(scalar.name, Kind::scalar);
    added.scalars.set(scalar.name, {scalar.options, in_the_file, true, scalar.table, scalar.mesh});
    if (scalar.mesh.empty()) continue;
    auto& versions = before.versions[scalar.mesh] = versions_of(stored, scalar.mesh);
    added.versions.set(scalar.mesh, {versions.empty() ? 0 : versions.back(), true});
  }
  for (const StoredTable& table : stored.tables) {
    const RowSeries& rows = before.rows[table.name] = row_series_of(stored, table.name);
    std::int64_t length = rows.end_of(rows.counts.size());
    for (const StoredField& stored_field : stored.fields) {
      if (stored_field.field.table == table.name) length = std::max(length, stored_field.field.axes.front().length);
    }
    added.rows.set(table.name, {table.options, length, length, 0, true});
  }
  for (const StoredMapping& mapping : stored.mappings) {
    added.names.set(mapping.name, Kind::mapping);
    before.mappings[mapping.name] = mapping.attributes;
  }
  for (const StatisticsTable& table : stored.statistics) {
    const int number = static_cast<int>(added.tables.size());
    for (const std::string& name : table.fields) {
      const auto field = before.fields.find(name);
      if (field == before.fields.end()) continue;
      FieldRecord record = *added.fields.find(field->second);
      record.table = number;
      added.fields.set(field->second, std::move(record));
    }
    added.tables.set(number, {std::make_shared<const StatisticsTable>(table), in_the_file});
    added.names.set(statistics_group, Kind::statistics);
  }
  for (const std::string& other : stored.others) {
    if (!added.names.contains(other)) added.names.set(other, Kind::other);
  }
  added.before = std::make_shared<const FoundGroup>(std::move(before));
  if (added.steps > 0) ++runs_with_steps_;
  max_run_steps_ = std::max(max_run_steps_, added.steps);
  const int number = groups();
  if (number != root) {
    Group owner = group(root);
    owner.names.set(stored.run.name, Kind::run);
    groups_.set(root, std::move(owner));
    found_runs_.set(stored.run.name, number);
  }
  groups_.set(number, std::move(added));
}

int Catalog::resume_run(int number, const Attributes& parameters, const RunOptions& options) {
  Group resumed = group(number);
  const std::string what = resumed.described();
  if (!resumed.found)
    throw Error(ErrorCode::name_in_use, what + " was asked for before; keep the Run that Writer::run gave");
  if (!resumed.before->obstacle.empty()) refuse_obstacle(what, resumed.before->obstacle);
  const Operations added = match_attributes(resumed, parameters);
  if (resumed.time_batch != 0) {
    const std::string why = difference(resumed.before->options, options);
    if (!why.empty()) refuse_other(what, why);
  } else {
    resumed.run = std::make_shared<const Run>(Run{resumed.run->name, resumed.run->path, options});
  }
  resumed.found = false;
  queue(added);
  groups_.set(number, std::move(resumed));
  return number;
}

/// Those that are there have to be the same. \return what makes the others
Operations Catalog::match_attributes(Group& group, const Attributes& attributes) {
  const std::string why = difference(group.before->attributes, attributes);
  if (!why.empty()) refuse_other(group.described(), why);
  Attributes added;
  Operations operations;
  for (const Attribute& attribute : attributes) {
    const Attributes& there = group.before->attributes;
    if (std::ranges::find(there, attribute.name, &Attribute::name) != there.end()) continue;
    added.push_back(attribute);
    operations.push_back(SetAttribute{group.run->path, attribute.name, attribute.value});
  }
  add_attributes(group, added);
  return operations;
}

int Catalog::resume_field(Group& group, int number, const Field& asked, bool has_codec) {
  FieldRecord record = *group.fields.find(number);
  const std::string why = difference(record.field, without_late_places(record.field, asked), has_codec);
  if (!why.empty()) refuse_other("field " + in_quotes(asked.name) + " of " + group.described(), why);
  record.field.given = asked.given;
  record.field.awaited_places = asked.awaited_places;
  record.found = false;
  group.fields.set(number, std::move(record));
  return number;
}

std::int64_t Catalog::steps_until(int number, double time) const {
  const Group& asked = group(number);
  if (!asked.before) return asked.steps;
  constexpr double rounding = 1e-12;  // as ranks' times may differ
  const double latest = time + rounding * std::abs(time);
  const auto& times = asked.before->times;
  return std::ranges::upper_bound(times.begin(), times.begin() + std::min(asked.steps, std::ssize(times)), latest) -
         times.begin();
}

std::string Catalog::keep_steps(int number, std::int64_t steps, const std::string& stamp) {
  Group changed = group(number);
  const std::int64_t there = changed.steps;
  if (changed.grown || !changed.before) {
    throw Error(ErrorCode::wrong_order, changed.described() +
                                            " has no steps but those of this writer; steps that were there before are "
                                            "dropped before the first new one");
  }
  if (steps < 0 || steps > there) {
    throw Error(ErrorCode::invalid_argument, changed.described() + " has " + std::to_string(there) + " steps, so " +
                                                 std::to_string(steps) + " of them cannot be kept");
  }
  if (steps == there) return {};
  const auto& times = changed.before->times;
  const auto first = static_cast<std::size_t>(steps);
  std::string what = "steps " + std::to_string(steps) + " to " + std::to_string(times.size() - 1) + " of " +
                     changed.described() + ", at times " + exact(times[first]) + " to " + exact(times.back()) + ",";
  changed.cut = stamp + ": dropped " + what + " to go on from there";
  changed.steps = steps;
  changed.last_time = steps > 0 ? times[first - 1] : 0;
  for (const TimeAxis& axis : changed.before->time_axes) {
    const std::int64_t kept = steps > 0 ? count_until(axis.times, changed.last_time) : 0;
    changed.time_axes.set(axis.name, {kept, in_the_file});
  }
  for (const auto& [table, rows] : changed.before->rows) {
    RowsRecord record = *changed.rows.find(table);
    record.end = rows.end_of(first);
    changed.rows.set(table, record);
  }
  for (const auto& [mesh, versions] : changed.before->versions) {
    if (!changed.versions.find(mesh)->found) continue;  // one was asked for, for the steps to come
    changed.versions.set(mesh, {first > 0 && first <= versions.size() ? versions[first - 1] : 0, true});
  }
  groups_.set(number, std::move(changed));
  return what;
}

/// The steps that are to go do so at once, together with whatever else the step changes.
void Catalog::queue_cut(Group& group) {
  if (group.cut.empty()) return;
  add_history(std::exchange(group.cut, {}));
  Operations operations;
  const auto shorten = [&](const std::string& path, const std::string& time_axis) {
    operations.push_back(SetLength{path, group.steps_on(time_axis)});
  };
  group.fields.for_each([&](int, const FieldRecord& record) {
    if (state(record.batch) != State::in_file) return;
    if (record.field.spans_steps()) {
      const std::int64_t steps = group.steps_on(record.field.time_axis);
      operations.push_back(CutSteps{record.field.path, steps, record.field.spanning_chunk()});
    } else if (record.field.time_dependent) {
      shorten(record.field.path, record.field.time_axis);
    }
    if (record.field.table.empty()) return;
    const RowsRecord& rows = *group.rows.find(record.field.table);
    operations.push_back(SetLength{record.field.path, rows.cut_length()});
    operations.push_back(SetLength{join(group.run->path, rows_name(record.field.table)), rows.cut_length()});
  });
  const Group before = group;
  before.rows.for_each([&](const std::string& table, RowsRecord rows) {
    rows.length = rows.cut_length();
    group.rows.set(table, rows);
  });
  group.scalars.for_each([&](const std::string& name, const ScalarRecord& record) {
    if (state(record.batch) == State::in_file) shorten(join(group.run->path, name), record.options.time_axis);
  });
  group.tables.for_each([&](int, const TableRecord& record) {
    if (state(record.batch) == State::in_file && record.table->has_time)
      shorten(record.table->path, record.table->time_axis);
  });
  group.time_axes.for_each([&](const std::string& name, const TimeAxisRecord& record) {
    if (state(record.batch) == State::in_file) shorten(join(group.run->path, name), name);
  });
  shorten(join(group.run->path, time_of_steps), time_of_steps);
  operations.push_back(SetAttribute{"/", "history", history_, TextForm::fixed, true});
  queue(std::move(operations));
}

/// The first line, which tells how the file began, stays; of the others the latest.
void Catalog::add_history(const std::string& line) {
  constexpr std::size_t max_bytes = 8192;
  history_ += (history_.empty() ? "" : "\n") + line;
  while (history_.size() > max_bytes) {
    const std::size_t first = history_.find('\n');
    const std::size_t second = first == std::string::npos ? first : history_.find('\n', first + 1);
    if (second == std::string::npos) break;
    history_.erase(first, second - first);
  }
}

}  // namespace tessera::schema
