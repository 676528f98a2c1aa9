#include <cmath>

#include "base/extents.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "writer/put_memory.hpp"
#include "writer/state.hpp"

/// \file
/// The local calls: they note errors, which the next collective call throws on every rank.

namespace tessera::detail {

namespace {

[[noreturn]] void refuse(ErrorCode code, const std::string& message) { throw Error(code, message); }

std::string described(const FieldEntry& field) {
  return "field " + in_quotes(field.description().name) + " of " + field.run->described();
}

void check_box(const FieldEntry& field, const Box& box) {
  const Index shape = field.description().shape();
  const std::string what = described(field) + ": the box " + to_string(box);
  if (box.lower.size() != shape.size() || box.upper.size() != shape.size()) {
    refuse(ErrorCode::invalid_argument, what + " needs one range per axis of the field, whose shape is " +
                                            to_string(shape));
  }
  const Box whole = Box::at(Index::filled(shape.size(), 0), shape);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (box.lower[axis] > box.upper[axis]) {
      refuse(ErrorCode::invalid_argument, what + " ends before it begins; the lower bound comes first, the upper is exclusive");
    }
    if (box.lower[axis] < 0 || box.upper[axis] > whole.upper[axis]) {
      refuse(ErrorCode::out_of_bounds, what + " reaches outside " + to_string(whole) +
                                           "; give the owned cells without halo, in global indices");
    }
  }
}

/// One width per axis and side; a single one serves all axes.
Index per_axis(const FieldEntry& field, const Index& widths, std::size_t axes) {
  if (widths.empty()) return Index::filled(axes, 0);
  if (widths.size() != 1 && widths.size() != axes) {
    refuse(ErrorCode::shape_mismatch, described(field) + ": the halo " + to_string(widths) + " needs one width per axis (" +
                                          std::to_string(axes) + "), or one for all");
  }
  for (const std::int64_t width : widths) {
    if (width < 0) {
      refuse(ErrorCode::shape_mismatch,
             described(field) + ": the halo " + to_string(widths) + " has a negative width; 0 means no ghost layer");
    }
  }
  return widths.size() == axes ? widths : Index::filled(axes, widths[0]);
}

/// The extents that the array has to have: box plus halo, then components.
Index wanted_extents(const FieldEntry& field, const Box& box, const Halo& halo) {
  Index extents = box.extents();
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    extents[axis] = saturating_sum(saturating_sum(extents[axis], halo.low[axis]), halo.high[axis]);
  }
  if (field.description().components > 1) extents.push_back(field.description().components);
  return extents;
}

void check_extents(const FieldEntry& field, const Box& box, const AnyArray& array, const Index& wanted) {
  if (array.extents == wanted && array.strides.size() == wanted.size()) return;
  refuse(ErrorCode::shape_mismatch,
         described(field) + ": the array has the extents " + to_string(array.extents) + ", but the box " +
             to_string(box) + " with halo " + to_string(array.halo.low) + " below and " + to_string(array.halo.high) +
             " above" + (field.description().components > 1 ? " and the components" : "") + " needs " +
             to_string(wanted) + "; check the axis order (slowest first) and with_halo");
}

/// Of memory without extents of its own.
void check_count(const FieldEntry& field, const Box& box, const AnyArray& array, const Index& wanted) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : wanted) elements = saturating_product(elements, extent);
  if (!array.count || *array.count == elements) return;
  refuse(ErrorCode::shape_mismatch,
         described(field) + ": the container has " + std::to_string(*array.count) + " elements, but the box " +
             to_string(box) + " with its halo" + (field.description().components > 1 ? " and components" : "") + " needs " +
             std::to_string(elements) + " for the extents " + to_string(wanted) + "; check the box and with_halo");
}

void check_static(const StepEntry& step, const FieldEntry& field) {
  if (field.description().time_dependent && !step.values.time) {
    refuse(ErrorCode::wrong_order,
           described(field) + " is time-dependent but was put into Run::statics; put it into a Run::step");
  }
  if (!field.description().time_dependent && field.record().written) {
    refuse(ErrorCode::wrong_order, described(field) + " is static and was committed before; put it once");
  }
}

/// Checks an array and fills in what was left out.
AnyArray resolve(const FieldEntry& field, const Box& box, AnyArray array) {
  if (!array.defect.empty()) refuse(ErrorCode::not_initialized, described(field) + ": " + array.defect);
  const schema::Field& description = field.description();
  if (array.type != description.given) {
    refuse(ErrorCode::type_mismatch, described(field) + " holds " + to_string(description.given) +
                                         ", but the array is of " + to_string(array.type));
  }
  array.halo.low = per_axis(field, array.halo.low, box.rank());
  array.halo.high = per_axis(field, array.halo.high, box.rank());
  const Index wanted = wanted_extents(field, box, array.halo);
  if (array.extents.empty()) {
    check_count(field, box, array, wanted);
    array.extents = wanted;
    array.strides = row_major_strides(wanted);
  }
  check_extents(field, box, array, wanted);
  if (array.data == nullptr && !box.empty()) {
    refuse(ErrorCode::invalid_argument, described(field) + ": the array of the box " + to_string(box) +
                                            " is a null pointer; a rank without data makes no put");
  }
  return array;
}

}  // namespace

std::shared_ptr<StepEntry> WriterState::begin_step(RunEntry& run, std::optional<double> time) {
  const InUse::Hold hold(in_use_, time ? "Run::step" : "Run::statics", path_);
  require_open(time ? "Run::step" : "Run::statics");
  std::shared_ptr<StepEntry> step;
  attempt(noted_, [&] { step = std::make_shared<StepEntry>(); });
  if (!step) return step;
  step->run = &run;
  step->values.time = time;
  const auto before = run.open.lock();
  const bool is_free = !before || before->over;
  attempt(step->noted, [&] {
    if (!is_free) {
      refuse(ErrorCode::wrong_order, "a step of " + run.described() + " is open already; commit it, or let it go out of scope");
    }
    if (!time) return;
    if (!std::isfinite(*time)) refuse(ErrorCode::invalid_argument, "the time " + exact(*time) + " is not finite");
    if (run.group().steps > 0 && !(*time > run.group().last_time)) {
      refuse(ErrorCode::invalid_argument, "the time " + exact(*time) + " does not come after the time " +
                                              exact(run.group().last_time) + " of the step before; times have to increase");
    }
  });
  if (is_free) run.open = step;
  return step;
}

void WriterState::put(StepEntry* entry, FieldEntry* field, const Box& box, AnyArray array) {
  const InUse::Hold hold(in_use_, "Step::put", path_);
  require_open("Step::put");
  if (entry == nullptr) return;
  StepEntry& step = *entry;
  if (step.over) {
    attempt(noted_, [&] {
      refuse(ErrorCode::wrong_order, "put of " + (field != nullptr ? described(*field) : std::string("a field")) +
                                         " outside a step: the step was committed or dropped before; begin a new one with "
                                         "Run::step");
    });
    return;
  }
  attempt(step.noted, [&] {
    if (field == nullptr) {
      refuse(ErrorCode::invalid_argument, "put of a Field that belongs to no run; make it with Run::field");
    }
    if (field->run != step.run) {
      refuse(ErrorCode::wrong_order, described(*field) + " was put into a step of " + step.run->described() +
                                         "; put it into a step of its own run");
    }
    check_static(step, *field);
    check_box(*field, box);
    pipeline::PutBox put{box, resolve(*field, box, std::move(array))};
    take_memory(described(*field), put, step.copied_bytes, options_.memory_budget);
    step.puts[field->number].push_back(std::move(put));
  });
}

void WriterState::put_scalar(StepEntry* entry, const std::string& name, const ScalarValue& value) {
  const InUse::Hold hold(in_use_, "Step::scalar", path_);
  require_open("Step::scalar");
  if (entry == nullptr) return;
  StepEntry& step = *entry;
  if (step.over) {
    attempt(noted_, [&] {
      refuse(ErrorCode::wrong_order, "scalar " + in_quotes(name) + " outside a step: the step was committed or dropped "
                                     "before; begin a new one with Run::step");
    });
    return;
  }
  attempt(step.noted, [&] {
    if (!step.values.time) {
      refuse(ErrorCode::wrong_order, "scalar " + in_quotes(name) + " without a point in time; use Run::step");
    }
    catalog_.check_scalar(step.run->number, name, step.values.scalars.size() + 1);
    if (!step.values.scalars.emplace(name, value).second) {
      refuse(ErrorCode::name_in_use, "the scalar " + in_quotes(name) + " was given twice in one step; give it once");
    }
  });
}

}  // namespace tessera::detail
