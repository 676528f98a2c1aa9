#include "schema/catalog.hpp"

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/field_rules.hpp"
#include "schema/layout.hpp"
#include "schema/limits.hpp"
#include "schema/names.hpp"
#include "schema/places.hpp"
#include "schema/resumption.hpp"

namespace tessera::schema {

namespace {

/// Values of attributes are kept where they are small: in every process, for every run.
std::shared_ptr<const AttributeValue> kept(const AttributeValue& value) {
  constexpr std::size_t most = 512;
  return stored_bytes(value) <= most ? std::make_shared<const AttributeValue>(value) : nullptr;
}

void check_time(const std::string& owner, const RunOptions& options) {
  check_text_attribute("the time unit of " + owner, options.time_unit);
  check_attributes("the time axis of " + owner, options.time_attributes, {"units", steps_among});
}

}  // namespace

std::string Group::described() const { return run->path == "/" ? "the root group" : "run " + in_quotes(run->name); }

std::int64_t Group::steps_on(const std::string& time_axis) const {
  if (time_axis == time_of_steps) return steps;
  const TimeAxisRecord* record = time_axes.find(time_axis);
  return record == nullptr ? 0 : record->steps;
}

Catalog::Catalog(Limits limits) : limits_(std::move(limits)) {
  Group group;
  group.run = std::make_shared<const Run>(Run{"/", "/", {}});
  groups_.set(root, std::move(group));
}

Batch Catalog::queue(Operations operations) {
  if (operations.empty()) return settled_;
  queue_.set(++batches_, std::move(operations));
  return batches_;
}

Operations Catalog::queued() const {
  Operations all;
  queue_.for_each([&](Batch, const Operations& batch) { all.insert(all.end(), batch.begin(), batch.end()); });
  return all;
}

void Catalog::settle() noexcept {
  settled_ = batches_;
  queue_ = {};
}

/// Checks the attributes and adds their names to those of the group.
void Catalog::add_attributes(Group& group, const Attributes& attributes) {
  check_attribute_count(group.described(), group.attributes.size() + attributes.size());
  for (const Attribute& attribute : attributes) {
    check_attribute(group.described(), attribute);
    if (group.attributes.contains(attribute.name)) refuse_taken_attribute(group.described(), attribute.name);
    notice(attribute.name);
    group.attributes.set(attribute.name, kept(attribute.value));
  }
}

void Catalog::take_name(Group& group, const std::string& name, Kind kind) {
  notice(name);
  group.names.set(name, kind);
}

/// Fields share axes.
void Catalog::take_axis(Group& group, const Axis& axis) {
  if (group.axes.contains(axis.name)) return;
  take_name(group, axis.name, Kind::axis);
  for (const Attribute& attribute : axis.attributes) notice(attribute.name);
  group.axes.set(axis.name, {axis, 0});
  if (!axis.edges) return;
  take_name(group, axis.bounds_name(), Kind::axis);
  take_axis(group, component_axis(2));
}

void Catalog::notice(const std::string& name) {
  if (doubt_.empty()) doubt_ = doubt_about(name);
}

void Catalog::define_root(const std::string& history, const Attributes& attributes) {
  check_text_attribute("Options::history", history);
  if (group(root).before) {
    Group found = group(root);
    queue(match_attributes(found, attributes));
    groups_.set(root, std::move(found));
    if (history.empty()) return;
    add_history(history);
    queue({SetAttribute{"/", "history", history_, TextForm::fixed, true}});
    return;
  }
  Group changed = group(root);
  for (const char* name : {"Conventions", "creator", "history"}) changed.attributes.set(name, nullptr);
  add_attributes(changed, attributes);
  queue(create_root(history, attributes));
  groups_.set(root, std::move(changed));
}

void Catalog::extend_root(const Attributes& parameters, const RunOptions& options) {
  if (group(root).found) {
    resume_run(root, parameters, options);
    return;
  }
  Group changed = group(root);
  add_attributes(changed, parameters);
  check_time(changed.described(), options);
  for (const Attribute& attribute : options.time_attributes) notice(attribute.name);
  const RunOptions& before = changed.run->options;
  const bool is_same =
      before.time_unit == options.time_unit && are_same(before.time_attributes, options.time_attributes);
  if (changed.time_batch != 0 && !is_same) {
    throw Error(ErrorCode::wrong_order, "the root group has steps already; its time axis cannot change");
  }
  changed.run = std::make_shared<const Run>(Run{"/", "/", options});
  queue(create_run(*changed.run, parameters));
  groups_.set(root, std::move(changed));
}

int Catalog::add_run(const std::string& name, const Attributes& parameters, const RunOptions& options) {
  if (const int* known = found_runs_.find(name)) return resume_run(*known, parameters, options);
  Group owner = group(root);
  check_free(owner, "run", name);
  Group added;
  added.run = std::make_shared<const Run>(Run{name, "/" + name, options});
  add_attributes(added, parameters);
  check_time(added.described(), options);
  for (const Attribute& attribute : options.time_attributes) notice(attribute.name);
  queue(create_run(*added.run, parameters));
  take_name(owner, name, Kind::run);
  groups_.set(root, std::move(owner));
  groups_.set(groups(), std::move(added));
  return groups() - 1;
}

void Catalog::add_attribute(int number, const Attribute& attribute) {
  Group changed = group(number);
  if (changed.before) {
    queue(match_attributes(changed, {attribute}));
  } else {
    add_attributes(changed, {attribute});
    queue({SetAttribute{changed.run->path, attribute.name, attribute.value}});
  }
  groups_.set(number, std::move(changed));
}

void Catalog::add_convention(const std::string& name) {
  if (conventions_.find(name) != std::string::npos) return;
  conventions_ += (conventions_.empty() ? "" : " ") + name;
  queue({SetAttribute{"/", "Conventions", conventions_, TextForm::fixed, true}});
}

int Catalog::add_field(int number, Field field, bool has_codec) {
  Group changed = group(number);
  if (const auto known = found_field(changed, field.name)) {
    resume_field(changed, *known, field, has_codec);
    queue(tie_to_places(changed, field.name));
    groups_.set(number, std::move(changed));
    return *known;
  }
  check_series_count(changed.described(), changed.fields.size() + changed.scalars.size() + 1, limits_.max_series,
                     limits_.engine);
  check_field(changed, field);
  take_name(changed, field.name, Kind::field);
  for (const Attribute& attribute : field.attributes) notice(attribute.name);
  for (const Axis& axis : field.all_axes()) take_axis(changed, axis);
  if (field.time_dependent) take_time_axis(changed, field.time_axis);
  const int added = static_cast<int>(changed.fields.size());
  const std::string name = field.name;
  changed.fields.set(added, {std::move(field), 0, false, false});
  queue(tie_to_places(changed, name));
  groups_.set(number, std::move(changed));
  return added;
}

void Catalog::add_scalar(int number, const std::string& name, const ScalarOptions& options) {
  Group changed = group(number);
  const ScalarRecord* known = changed.scalars.find(name);
  if (known != nullptr && known->found) {
    const std::string why = difference(known->options, options);
    if (!why.empty()) refuse_other("the scalar " + in_quotes(name) + " of " + changed.described(), why);
    ScalarRecord record = *known;
    record.found = false;
    changed.scalars.set(name, std::move(record));
    groups_.set(number, std::move(changed));
    return;
  }
  check_free(changed, "scalar", name);
  check_series_count(changed.described(), changed.fields.size() + changed.scalars.size() + 1, limits_.max_series,
                     limits_.engine);
  const std::string what = "scalar " + in_quotes(name) + " of " + changed.described();
  check_text_attribute("the unit of " + what, options.unit);
  check_text_attribute("the long_name of " + what, options.long_name);
  check_time_axis(changed, what, name, options.time_axis);
  take_name(changed, name, Kind::scalar);
  take_time_axis(changed, options.time_axis);
  changed.scalars.set(name, {options, 0, false});
  groups_.set(number, std::move(changed));
}

void Catalog::choose_chunk(int number, int field, const Index& chunk) {
  Group changed = group(number);
  FieldRecord record = *changed.fields.find(field);
  record.field.chunk = chunk;
  changed.fields.set(field, std::move(record));
  groups_.set(number, std::move(changed));
}

}  // namespace tessera::schema
