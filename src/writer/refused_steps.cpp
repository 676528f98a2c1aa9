#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "pipeline/all_boxes.hpp"
#include "schema/limits.hpp"
#include "writer/coverage.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/state.hpp"

/// \file
/// Steps that are not complete: cells that nobody put or several did, fields that have to be in every step.

namespace tessera::detail {

namespace {

/// Whether axes get a row, asked once for each of the first few. It takes no memory.
class RowsOnAxes {
 public:
  using Scalars = std::map<std::string, ScalarValue>;

  RowsOnAxes(const schema::Group& group, const std::vector<int>& fields, const Scalars& scalars)
      : group_(group), fields_(fields), scalars_(scalars) {}

  bool has(const std::string& time_axis) {
    const auto end = known_.begin() + count_;
    const auto known = std::find_if(known_.begin(), end, [&](const Known& one) { return *one.axis == time_axis; });
    if (known != end) return known->has_row;
    const bool has_row = schema::has_row(group_, time_axis, fields_, scalars_);
    if (end != known_.end()) known_.at(static_cast<std::size_t>(count_++)) = {&time_axis, has_row};
    return has_row;
  }

 private:
  struct Known {
    const std::string* axis = nullptr;
    bool has_row = false;
  };

  const schema::Group& group_;
  const std::vector<int>& fields_;
  const Scalars& scalars_;
  std::array<Known, 8> known_;
  std::ptrdiff_t count_ = 0;
};

}  // namespace

/// Says which boxes overlap, or which cells are missing. For that, and only here, every rank gets all boxes.
void WriterState::refuse_boxes(const StepEntry& step, const pipeline::OwnBoxes& own) {
  const RunEntry& run = *step.run;
  const pipeline::AllBoxes all = pipeline::gather_boxes(comm_, own);
  std::optional<Error> failure;
  std::optional<Error> gap;  // the same on every rank
  attempt(failure, [&] {
    for (const auto& [number, boxes] : all) {
      const FieldEntry& entry = *run.fields[static_cast<std::size_t>(number)];
      const schema::Field& field = entry.description();
      check_overlap(field, boxes, comm_.rank());
      if (!gap && entry.space) gap = missing_rank_error(field, entry.space->begins, boxes);
      if (!gap) gap = gap_error(field, boxes);
    }
    if (!gap) gap.emplace(ErrorCode::internal, "boxes overlap or leave cells out, but which ones was not found");
  });
  comm::conclude(comm_, "overlaps", failure);
  throw *gap;
}

/// A step without data, or without a field that has to be in every step, is refused. The same on every rank, with no
/// agreement: so it needs no memory.
void WriterState::check_complete(const StepEntry& step, const pipeline::Plan& plan) const {
  if (plan.fields.empty() && step.values.scalars.empty() && (step.run->tables.empty() || !step.values.time)) {
    throw made_error(ErrorCode::wrong_order, {}, [] {
      return Error(ErrorCode::wrong_order, "no rank put anything; put a field or a scalar before commit");
    });
  }
  if (!step.values.time) return;
  const schema::Group& group = step.run->group();
  RowsOnAxes rows(group, plan.fields, step.values.scalars);
  group.fields.for_each([&](int number, const schema::FieldRecord& record) {
    const schema::Field& field = record.field;
    if (!field.time_dependent) return;
    const auto what = [&] { return "field " + in_quotes(field.name); };
    const std::int64_t steps = group.steps_on(field.time_axis) + 1;
    if (schema::has_too_many_chunks(field, steps)) {
      throw made_error(ErrorCode::invalid_argument, {}, [&] { return schema::too_many_chunks(what(), field, steps); });
    }
    if (field.fill || std::binary_search(plan.fields.begin(), plan.fields.end(), number)) return;
    if (!rows.has(field.time_axis)) return;
    throw made_error(ErrorCode::not_covered, {}, [&] {
      const bool is_time = field.time_axis == schema::time_of_steps;
      const std::string steps_text =
          is_time ? "step" : "step with anything on its time axis " + in_quotes(field.time_axis);
      return Error(ErrorCode::not_covered, what() + " was put by no rank; put it in every " + steps_text +
                                               ", or declare what such steps read with FieldOptions::fill");
    });
  });
}

}  // namespace tessera::detail
