#include <cmath>
#include <new>

#include "base/refuse.hpp"
#include "base/text.hpp"
#include "schema/array_rules.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/put_memory.hpp"
#include "writer/state.hpp"
#include "writer/table_rows.hpp"

/// \file
/// The local calls: they note errors, which the next collective call throws on every rank.

namespace tessera::detail {

namespace {

std::string described(const FieldEntry& field) { return schema::described(field.description()); }

void check_static(const StepEntry& step, const FieldEntry& field) {
  if (field.table) {
    if (step.values.time) return;
    refuse(ErrorCode::wrong_order, described(field) +
                                       " is a column of a table, which has rows in each step, but was "
                                       "put into Run::statics; put it into a Run::step");
  }
  if (field.description().time_dependent && !step.values.time) {
    refuse(ErrorCode::wrong_order,
           described(field) + " is time-dependent but was put into Run::statics; put it into a Run::step");
  }
  if (!field.description().time_dependent && field.record().written) {
    refuse(ErrorCode::wrong_order, described(field) + " is static and was committed before; put it once");
  }
}

/// Of a mesh that changes, the version that counts.
void check_version(const FieldEntry& field) {
  if (!field.space || field.space->mesh->options.version == 0 || !field.description().time_dependent) return;
  const schema::MeshDescription& mesh = *field.space->mesh;
  const schema::VersionRecord* current = field.run->group().versions.find(mesh.base);
  if (current == nullptr || current->version == mesh.options.version) return;
  refuse(ErrorCode::wrong_order, described(field) + " lies on version " + std::to_string(mesh.options.version) +
                                     " of mesh " + in_quotes(mesh.base) + ", which version " +
                                     std::to_string(current->version) +
                                     " has replaced; declare the field on that one, and put it there");
}

void check_type(const FieldEntry& field, const AnyArray& array) {
  const DataType given = field.description().given;
  if (!array.defect.empty() || array.type == given) return;
  refuse(ErrorCode::type_mismatch,
         described(field) + " holds " + to_string(given) + ", but the array is of " + to_string(array.type));
}

/// A column's rows, as many as the array has; the same for all columns that a step has of a table.
Box rows_of(StepEntry& step, const FieldEntry& field, const AnyArray& array) {
  const std::int64_t rows = rows_in(field, array);
  const auto& [first, column] = step.rows.try_emplace(field.table.get(), rows, &field).first->second;
  if (first == rows) return {{0}, {rows}};
  refuse(ErrorCode::shape_mismatch, described(field) + " has " + std::to_string(rows) + " rows in this step, but " +
                                        described(*column) + " of the same table was put with " +
                                        std::to_string(first) + "; put as many of every column");
}

/// Where the values go. In this rank's own order, where the file has another one: so many.
Box place_of(const FieldEntry& field, const Box* box) {
  const MeshSpaceEntry* space = field.space.get();
  if (box != nullptr) {
    if (space == nullptr || !space->redistribution) return *box;
    refuse(ErrorCode::wrong_order, described(field) +
                                       " lies on a mesh with ids, where ranks have no boxes; put this "
                                       "rank's values in its own order, without a box");
  }
  if (space == nullptr) {
    refuse(ErrorCode::wrong_order,
           described(field) + " lies on a grid; say which box of it is put: step.put(field, box, values)");
  }
  return space->redistribution ? Box{{0}, {space->own}} : space->stored;
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
      refuse(ErrorCode::wrong_order,
             "a step of " + run.described() + " is open already; commit it, or let it go out of scope");
    }
    if (!time) return;
    if (!std::isfinite(*time)) refuse(ErrorCode::invalid_argument, "the time " + exact(*time) + " is not finite");
    if (run.group().steps > 0 && !(*time > run.group().last_time)) {
      refuse(ErrorCode::invalid_argument, "the time " + exact(*time) + " does not come after the time " +
                                              exact(run.group().last_time) +
                                              " of the step before; times have to increase");
    }
  });
  if (is_free) run.open = step;
  return step;
}

void WriterState::put(StepEntry* entry, FieldEntry* field, const Box* box, AnyArray array) {
  const InUse::Hold hold(in_use_, "Step::put", path_);
  require_open("Step::put");
  if (entry == nullptr) return;
  StepEntry& step = *entry;
  if (step.over) {
    attempt(noted_, [&] {
      refuse(ErrorCode::wrong_order,
             "put of " + (field != nullptr ? described(*field) : std::string("a field")) +
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
    check_version(*field);
    if (field->table && box != nullptr) {
      refuse(ErrorCode::wrong_order, described(*field) +
                                         " is a column of a table, whose rows follow those of the ranks "
                                         "before; put it without a box: step.put(field, values)");
    }
    const Box where = field->table ? rows_of(step, *field, array) : place_of(*field, box);
    const bool in_own_order = field->table || (box == nullptr && field->space->redistribution);
    if (!in_own_order) schema::check_box(field->description(), where);
    check_type(*field, array);
    pipeline::PutBox put{where, schema::resolved(field->description(), where, std::move(array))};
    take_memory(described(*field), put, step.copied_bytes, options_.memory_budget);
    if (!in_own_order) {
      step.puts[field->number].push_back(std::move(put));
    } else if (!step.own_puts.emplace(field->number, std::move(put)).second) {
      refuse(ErrorCode::overlap, described(*field) + " was put twice in one step; put it once");
    }
  });
}

void WriterState::note_no_memory(StepEntry* step) {
  const InUse::Hold hold(in_use_, "Step::put", path_);
  require_open("Step::put");
  if (step != nullptr) attempt(step->over ? noted_ : step->noted, [] { throw std::bad_alloc(); });
}

void WriterState::put_scalar(StepEntry* entry, const std::string& name, const ScalarValue& value) {
  const InUse::Hold hold(in_use_, "Step::scalar", path_);
  require_open("Step::scalar");
  if (entry == nullptr) return;
  StepEntry& step = *entry;
  if (step.over) {
    attempt(noted_, [&] {
      refuse(ErrorCode::wrong_order, "scalar " + in_quotes(name) +
                                         " outside a step: the step was committed or dropped "
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
