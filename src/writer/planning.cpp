#include <algorithm>
#include <string>

#include "pipeline/all_boxes.hpp"
#include "pipeline/division.hpp"
#include "schema/limits.hpp"
#include "writer/coverage.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// What is worked out once per decomposition: which fields are written, in which chunks, and who sends what where.

namespace tessera::detail {

namespace {

grid::ChunkRequest request_of(const schema::Field& field, const Options& options, std::int64_t steps) {
  grid::ChunkRequest request;
  request.shape = field.shape();
  request.cell_bytes = field.cell_bytes();
  request.max_bytes = schema::max_chosen_chunk;
  request.min_bytes = std::max(request.min_bytes, schema::least_chunk_bytes(field, steps));
  const auto most = static_cast<std::size_t>(request.max_bytes);
  request.target_bytes = std::max(request.min_bytes, static_cast<std::int64_t>(std::min(options.chunk_bytes, most)));
  return request;
}

}  // namespace

/// A field of a commit, its chunks and its division. Fields with the same shape and boxes share what follows from
/// these.
struct WriterState::PlannedField {
  FieldEntry* entry = nullptr;
  std::size_t before = 0;  ///< the last one before it with the same shape; itself where there is none
  std::size_t like = 0;    ///< the first one with the same shape, and the same boxes on every rank; maybe itself
  bool surveyed = false;   ///< for the choice of chunks
  grid::ChunkChoice choice;
  std::uint64_t rotation = 0;
  std::size_t division = 0;  ///< its position among those of all fields

  bool needs_survey() const { return !entry->choice && entry->description().chunk.empty(); }
};

/// A plan on its way. What is kept of it is made before all ranks agree that they have it.
struct WriterState::Planning {
  std::vector<PlannedField> fields;
  std::vector<std::size_t> surveys;                ///< the fields for which axes are surveyed
  std::vector<std::vector<grid::ChunkAxis>> axes;  ///< by field, where it was surveyed
  std::size_t divisions = 0;
  std::vector<pipeline::DividedField> divided;
  std::unique_ptr<pipeline::Plan> plan;
};

const pipeline::Plan& WriterState::plan_of(StepEntry& step, const pipeline::OwnBoxes& own, std::uint64_t common) {
  RunEntry& run = *step.run;
  if (const pipeline::Plan* known = run.plans.common(common)) {
    check_complete(step, *known);
    return *known;
  }
  Planning planning;
  gather_fields(run, own, planning);
  divide_fields(own, planning);
  bool is_sound = true;
  for (std::size_t i = 0; i < planning.divided.size(); ++i) {
    const pipeline::DividedField& field = planning.divided[i];
    // Of a field on a mesh, a fill value is for steps that have none of it, and no rank may be missing.
    const bool may_have_holes = field.field->fill && !planning.fields[i].entry->space;
    if (field.division->overlap || !is_covered(*field.field, may_have_holes, field.division->cells)) is_sound = false;
  }
  if (!is_sound) refuse_boxes(step, own);
  check_complete(step, *planning.plan);
  schema::Catalog next;
  engine_->plan(planning.divided, [&](pipeline::ChunkPlans plans) {
    next = catalog_;
    for (std::size_t i = 0; i < plans.size(); ++i) {
      PlannedField& field = planning.fields[i];
      if (!field.entry->choice) {
        grid::set_shared_chunks(field.choice, planning.divided[i].division->shared_chunks);
        next.choose_chunk(run.number, field.entry->number, field.choice.chunk);
      }
      planning.plan->chunks[field.entry->number] = std::move(plans[i]);
    }
    run.plans.prepare(*planning.plan);
  });
  // Fields keep the chunks that were chosen for their first commit, also where that fails later.
  catalog_ = std::move(next);
  for (PlannedField& field : planning.fields) {
    if (!field.entry->choice) field.entry->choice = std::move(field.choice);
  }
  const pipeline::Plan& kept = run.plans.add(std::move(planning.plan), max_bytes_of_plans());
  std::optional<Error> ignored;  // then they stay a while longer
  attempt(ignored, [&] { forget_plans_of_others(run); });
  return kept;
}

/// What this rank may remember of former decompositions, beside the plan in use.
std::size_t WriterState::max_bytes_of_plans() const {
  constexpr std::size_t usual = std::size_t{8} << 20;
  return options_.memory_budget == 0 ? usual : std::min(usual, options_.memory_budget / 8);
}

/// Of many runs, those that had no commit for the longest time lose their plans first.
void WriterState::forget_plans_of_others(const RunEntry& current) {
  const auto own = planned_.find(current.last_commit);
  const std::size_t in_use = own == planned_.end() ? 0 : own->second.bytes;
  for (auto oldest = planned_.begin(); oldest != planned_.end() && planned_bytes_ - in_use > max_bytes_of_plans();) {
    if (oldest->second.run == &current) {
      ++oldest;
      continue;
    }
    oldest->second.run->plans.forget();
    planned_bytes_ -= oldest->second.bytes;
    oldest = planned_.erase(oldest);
  }
}

/// Which fields are put, and which of them have the same shape and boxes. Collective.
void WriterState::gather_fields(RunEntry& run, const pipeline::OwnBoxes& own, Planning& planning) {
  const std::vector<bool> left_out = pipeline::fields_left_out(comm_, own, run.fields.size());
  const auto count = static_cast<std::size_t>(std::ranges::count(left_out, false));
  std::vector<PlannedField>& fields = planning.fields;
  const auto prepare = [&] {
    planning.plan = std::make_unique<pipeline::Plan>();
    planning.plan->own = own;
    for (std::size_t number = 0; number < left_out.size(); ++number) {
      if (left_out[number]) continue;
      planning.plan->fields.push_back(static_cast<int>(number));
      PlannedField& field = fields.emplace_back();
      field.entry = run.fields[number].get();
      field.before = field.like = fields.size() - 1;
      const Index shape = field.entry->description().shape();
      for (std::size_t k = fields.size() - 1; k-- > 0 && field.before == field.like;) {
        if (fields[k].entry->description().shape() == shape) field.before = k;
      }
    }
    planning.surveys.reserve(count);
    planning.axes.resize(count);
    planning.divided.resize(count);
  };
  const auto compared = [&](std::size_t i) {
    return std::pair(fields[i].entry->number, fields[fields[i].before].entry->number);
  };
  const std::vector<bool> same = pipeline::have_same_boxes(comm_, own, count, prepare, compared);
  for (std::size_t i = 0; i < count; ++i) {
    if (same[i]) fields[i].like = fields[fields[i].before].like;
  }
}

/// Chooses the chunks, and who assembles which. Collective.
void WriterState::divide_fields(const pipeline::OwnBoxes& own, Planning& planning) {
  std::vector<PlannedField>& fields = planning.fields;
  const auto boxes = [&](std::size_t i) -> std::span<const Box> {
    return pipeline::boxes_of(own, fields[i].entry->number);
  };
  for (const PlannedField& field : fields) {
    PlannedField& first = fields[field.like];
    if (field.needs_survey() && !std::exchange(first.surveyed, true)) planning.surveys.push_back(field.like);
  }
  pipeline::SurveyedAxes surveyed = pipeline::survey_axes(comm_, planning.surveys.size(), [&](std::size_t number) {
    const std::size_t i = planning.surveys[number];
    return pipeline::SurveyRequest{fields[i].entry->description().shape(), boxes(i)};
  });
  std::uint64_t chunks = 0;
  std::size_t next_survey = 0;
  const auto request_of = [&](std::size_t i) -> std::optional<pipeline::DivisionRequest> {
    for (; next_survey < planning.surveys.size(); ++next_survey) {
      planning.axes[planning.surveys[next_survey]] = surveyed.take();
    }
    PlannedField& field = fields[i];
    choose_chunk(field, planning.axes[field.like]);
    // Fields with fewer chunks than there are ranks begin with another rank each: else the first one would get them
    // all.
    if (field.choice.chunks < comm_.size()) field.rotation = chunks;
    chunks += static_cast<std::uint64_t>(field.choice.chunks);
    for (std::size_t k = i; k-- > field.like;) {
      const PlannedField& other = fields[k];
      if (other.like != field.like || other.choice.chunk != field.choice.chunk || other.rotation != field.rotation)
        continue;
      field.division = other.division;
      return std::nullopt;
    }
    field.division = planning.divisions++;
    return pipeline::DivisionRequest{{field.entry->description().shape(), field.choice.chunk},
                                     boxes(i),
                                     field.rotation};
  };
  const auto divisions = pipeline::divide(comm_, fields.size(), request_of);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    planning.divided[i] = {&fields[i].entry->description(), divisions[fields[i].division]};
  }
}

/// \param axes as all ranks' boxes divide them, where the choice needs that
void WriterState::choose_chunk(PlannedField& field, std::span<const grid::ChunkAxis> axes) const {
  const FieldEntry& entry = *field.entry;
  const schema::Field& description = entry.description();
  if (entry.choice) {
    field.choice = *entry.choice;
  } else if (!description.chunk.empty()) {
    field.choice = grid::given_chunk(request_of(description, options_, 1), description.chunk);
  } else {
    field.choice = grid::choose_chunk(request_of(description, options_, 1), axes);
  }
}

/// At close: fields that were declared and never put. A time-dependent one shows with its steps (none, or fill values),
/// a static one only where it has a fill value, since there would be nothing true to read.
void WriterState::define_remaining(schema::Catalog& next, RunEntry& run) const {
  const std::int64_t steps = run.group().steps;
  for (const auto& field : run.fields) {
    const schema::Field& description = field->description();
    if (field->choice || !description.table.empty()) continue;
    const grid::ChunkRequest request = request_of(description, options_, steps);
    const bool is_given = !description.chunk.empty();
    field->choice = is_given ? grid::given_chunk(request, description.chunk) : grid::choose_chunk(request);
    grid::set_shared_chunks(*field->choice, 0);
    if (!is_given) next.choose_chunk(run.number, field->number, field->choice->chunk);
  }
  next.define_remaining(run.number);
}

}  // namespace tessera::detail
