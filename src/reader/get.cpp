#include <algorithm>
#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "base/convert.hpp"
#include "base/extents.hpp"
#include "base/text.hpp"
#include "grid/periodic.hpp"
#include "reader/state.hpp"
#include "reader/step_rows.hpp"
#include "schema/array_rules.hpp"

// What is asked for: checked, and noted.

namespace tessera::detail {

namespace {

void check_type(const schema::Field& field, DataType asked) {
  if (can_convert(field.stored, asked)) return;
  throw Error(ErrorCode::type_mismatch, schema::described(field) + " holds " + to_string(field.stored) +
                                            ", but the memory to read into is of " + to_string(asked));
}

/// A box may reach beyond the field only along periodic axes.
void check_box(const schema::Field& field, const Box& box, const Index& periodic) {
  const Index shape = field.shape();
  Box inside = box;
  for (std::size_t i = 0; i < periodic.size(); ++i) {
    const std::int64_t number = periodic[i];
    if (number < 0 || static_cast<std::size_t>(number) >= shape.size() ||
        std::find(periodic.begin(), periodic.begin() + i, number) != periodic.begin() + i) {
      throw Error(ErrorCode::invalid_argument, schema::described(field) + ": the periodic axes " + to_string(periodic) +
                                                   " are not different ones of its " + std::to_string(shape.size()) +
                                                   ", which count from 0");
    }
    const auto axis = static_cast<std::size_t>(number);
    if (axis >= box.lower.size() || axis >= box.upper.size()) continue;  // check_box says so
    if (box.lower[axis] > box.upper[axis]) continue;
    inside.lower[axis] = 0;
    inside.upper[axis] = box.lower[axis] == box.upper[axis] ? 0 : shape[axis];
  }
  schema::check_box(field, inside);
}

[[noreturn]] void refuse_device(const schema::Field& field) {
  throw Error(ErrorCode::invalid_argument, schema::described(field) +
                                               ": the memory to read into is a device's; read into "
                                               "a host mirror and copy that");
}

void check_strides(const schema::Field& field, const AnyArray& target) {
  if (std::ranges::find(target.strides, 0) == target.strides.end()) return;
  throw Error(ErrorCode::shape_mismatch,
              schema::described(field) + ": memory with a stride of 0 cannot hold what is read");
}

/// The memory to read into, checked, with what was left out filled in.
AnyArray resolved_target(const schema::Field& field, const Box& box, AnyArray target) {
  check_type(field, target.type);
  const auto check_device = [&](const AnyArray& array) {
    if (array.device && !array.device->is_writable()) refuse_device(field);
  };
  check_device(target);
  std::ranges::for_each(target.parts, check_device);
  target = schema::resolved(field, box, std::move(target));
  if (box.empty()) return target;
  check_strides(field, target);
  for (const AnyArray& part : target.parts) check_strides(field, part);
  return target;
}

/// The memory, or in place of a device's that of the host from which `devices` hands it over.
AnyArray on_host(const Box& box, AnyArray target, std::vector<DeviceTarget>& devices) {
  for (AnyArray& part : target.parts) part = on_host(box, std::move(part), devices);
  if (!target.device || box.empty()) return target;
  return devices.emplace_back(box, std::move(target)).on_host();
}

/// A column as it is in a step, in `column`; other fields as they are.
const schema::Field& in_step(const schema::Field& field, const StepRows& rows, std::optional<schema::Field>& column) {
  if (field.table.empty()) return field;
  column = field;
  column->axes[0].length = rows.count;
  return *column;
}

/// The memory for a part of the box.
AnyArray part_of(const AnyArray& target, const grid::WrappedPart& part) {
  AnyArray result = target;
  for (AnyArray& one : result.parts) one = part_of(one, part);
  if (!result.parts.empty()) return result;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < part.shift.size(); ++axis) {
    result.extents[axis] =
        part.cells.upper[axis] - part.cells.lower[axis] + target.halo.low[axis] + target.halo.high[axis];
    offset += part.shift[axis] * target.strides[axis];
  }
  result.data = static_cast<const std::byte*>(target.data) + offset * static_cast<std::int64_t>(size_of(target.type));
  return result;
}

/// "0, 10, 20 and 7 more"
std::string few(const std::vector<std::int64_t>& steps) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(steps.size(), most); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(steps[i]);
  }
  return steps.size() <= most ? text : text + " and " + std::to_string(steps.size() - most) + " more";
}

void require_step(const schema::StoredRun& run, const schema::StoredField& stored, std::int64_t step) {
  const schema::Field& field = stored.field;
  const auto place = run.place_of(field.time_axis, step);
  if (place && *place < stored.steps) return;
  const std::string none = ", and no step " + std::to_string(step);
  if (field.time_axis == schema::time_of_steps) {
    throw Error(ErrorCode::not_found,
                schema::described(field) + " has " + std::to_string(stored.steps) + " steps" + none);
  }
  const std::vector<std::int64_t> steps = run.steps_of(field.time_axis);
  throw Error(ErrorCode::not_found, schema::described(field) + " lies on the time axis " + in_quotes(field.time_axis) +
                                        ", which has " + (steps.empty() ? "no steps" : "the steps " + few(steps)) +
                                        none + "; StoredRun::steps_of tells which a field has");
}

}  // namespace

/// The field, if this step has it.
const schema::StoredField& ReaderState::field_to_read(const ReadStep& step, const std::string& name) const {
  const schema::StoredRun& run = this->run(step.run);
  const schema::StoredField* stored = run.field(name);
  if (stored == nullptr) {
    throw Error(ErrorCode::not_found,
                run.described() + " has no field " + in_quotes(name) + "; StoredRun::fields lists them");
  }
  const schema::Field& field = stored->field;
  if (field.time_dependent != (step.number >= 0) && field.table.empty()) {
    throw Error(ErrorCode::wrong_order,
                schema::described(field) + (field.time_dependent ? " has steps; read it from StoredRun::step"
                                                                 : " has no steps; read it from StoredRun::statics"));
  }
  if (field.time_dependent && step.number >= 0) require_step(run, *stored, step.number);
  return *stored;
}

void ReaderState::get(ReadStep& step, const std::string& name, const Box& box, AnyArray target,
                      const GetOptions& options) {
  attempt(step.noted, [&] {
    require_open("StoredStep::get");
    const schema::StoredRun& run = this->run(step.run);
    const schema::StoredField* stored = &field_to_read(step, name);
    const StepRows rows = rows_of(run, stored->field, step.number);
    std::optional<schema::Field> column;
    const schema::Field& field = in_step(stored->field, rows, column);
    check_box(field, box, options.periodic);
    target = on_host(box, resolved_target(field, box, std::move(target)), step.devices);
    const auto number = static_cast<std::size_t>(stored - run.fields.data());
    for (const grid::WrappedPart& part : grid::wrapped_parts(box, field.shape(), options.periodic)) {
      step.boxes.push_back({number, shifted(part.cells, rows.begin), part_of(target, part)});
    }
  });
}

void ReaderState::get_places(ReadStep& step, const std::string& name, const Integers& places, AnyArray target) {
  attempt(step.noted, [&] {
    require_open("StoredStep::get_at");
    const schema::StoredRun& run = this->run(step.run);
    const schema::StoredField* stored = &field_to_read(step, name);
    const StepRows rows = rows_of(run, stored->field, step.number);
    std::optional<schema::Field> column;
    const schema::Field& field = in_step(stored->field, rows, column);
    if (field.axes.size() != 1) {
      throw Error(ErrorCode::invalid_argument, schema::described(field) + " has " + std::to_string(field.axes.size()) +
                                                   " axes; single places are those of a field with one, on a mesh say");
    }
    GetPlaces asked;
    const Box box{{0}, {static_cast<std::int64_t>(places.size())}};
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] < 0 || places[i] >= field.axes[0].length) {
        throw Error(ErrorCode::out_of_bounds, schema::described(field) + " has no place " + std::to_string(places[i]) +
                                                  ", but 0 to " + std::to_string(field.axes[0].length - 1));
      }
      asked.places.push_back(rows.begin + places[i]);
    }
    target = on_host(box, resolved_target(field, box, std::move(target)), step.devices);
    asked.target = {static_cast<std::size_t>(stored - run.fields.data()), box, std::move(target)};
    step.places.push_back(std::move(asked));
  });
}

}  // namespace tessera::detail
