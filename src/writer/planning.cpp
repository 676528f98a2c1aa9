#include <algorithm>

#include "base/text.hpp"
#include "grid/overlap.hpp"
#include "pipeline/all_boxes.hpp"
#include "pipeline/division.hpp"
#include "schema/limits.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// What is worked out once per decomposition: which fields are written, in which chunks, and who sends what where.

namespace tessera::detail {

namespace {

std::string described(const FieldEntry& field) { return "field " + in_quotes(field.description().name); }

std::string described(const grid::OwnedBox& owned) {
  return "box " + std::to_string(owned.number) + " of rank " + std::to_string(owned.rank) + " " + to_string(owned.box);
}

Box whole(const FieldEntry& field) {
  const Index shape = field.description().shape();
  return Box::at(Index::filled(shape.size(), 0), shape);
}

/// This rank's boxes do not overlap each other or another rank's.
void check_overlap(const comm::Communicator& comm, const FieldEntry& field, const std::vector<grid::OwnedBox>& all) {
  std::vector<grid::OwnedBox> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const grid::OwnedBox& owned) { return owned.rank == comm.rank(); });
  if (const auto overlap = grid::find_overlap(own, all)) {
    throw Error(ErrorCode::overlap, described(field) + ": " + described(overlap->first) + " and " +
                                        described(overlap->second) + " overlap in " + to_string(overlap->common) +
                                        "; every cell has to be put once");
  }
}

/// Every cell of the field is put, or there is a fill value. Boxes do not overlap, so volumes add up.
bool is_covered(const FieldEntry& field, std::int64_t cells) {
  return cells == whole(field).volume() || !field.description().fill.empty();
}

void check_covered(const FieldEntry& field, const std::vector<grid::OwnedBox>& all) {
  std::int64_t cells = 0;
  for (const grid::OwnedBox& owned : all) cells += owned.box.volume();
  if (is_covered(field, cells)) return;
  const auto gap = grid::find_gap(whole(field), all);
  throw Error(ErrorCode::not_covered, described(field) + ": no rank put the cells " + (gap ? to_string(*gap) : "") +
                                          " (among others); put all of " + to_string(whole(field)) +
                                          ", or declare what the rest reads with FieldOptions::fill");
}

grid::ChunkRequest request_of(const schema::Field& field, const Options& options, std::int64_t steps) {
  grid::ChunkRequest request;
  request.shape = field.shape();
  request.cell_bytes = field.cell_bytes();
  request.max_bytes = schema::largest_chosen_chunk;
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
  grid::ChunkChoice choice;
  std::shared_ptr<const std::vector<grid::ChunkAxis>> axes;  ///< where the choice needed them
  std::shared_ptr<const pipeline::Division> division;
  std::uint64_t turn = 0;
  std::shared_ptr<const pipeline::ChunkPlan> chunks;

  bool is_sound() const { return !division->overlap && is_covered(*entry, division->cells); }
};

const pipeline::Plan& WriterState::plan_of(StepEntry& step, const pipeline::OwnBoxes& own, std::uint64_t common) {
  RunEntry& run = *step.run;
  if (const pipeline::Plan* known = run.plans.common(common)) {
    check_complete(step, *known);
    return *known;
  }
  pipeline::Plan plan{own, pipeline::fields_put(comm_, own, run.fields.size()), {}};
  std::vector<PlannedField> fields = divide_fields(run, own, plan.fields);
  if (!std::ranges::all_of(fields, &PlannedField::is_sound)) refuse_boxes(step, own);
  check_complete(step, plan);
  adopt(fields);
  for (PlannedField& field : fields) {
    // Fields before it that are divided alike and have cells of the same size have the same plan.
    const schema::Field& description = field.entry->description();
    const auto like = std::ranges::find_if(fields, [&](const PlannedField& other) {
      return other.chunks && other.division == field.division &&
             other.entry->description().cell_bytes() == description.cell_bytes();
    });
    field.chunks = in_context(described(*field.entry), [&] {
      return engine_->plan(description, *field.division, like == fields.end() ? nullptr : like->chunks);
    });
    plan.chunks[field.entry->number] = field.chunks;
  }
  const pipeline::Plan& kept = run.plans.add(std::move(plan), most_bytes_of_plans());
  forget_plans_of_others(run);
  return kept;
}

/// What this rank may remember of former decompositions, beside the plan in use.
std::size_t WriterState::most_bytes_of_plans() const {
  constexpr std::size_t usual = std::size_t{8} << 20;
  return options_.memory_budget == 0 ? usual : std::min(usual, options_.memory_budget / 8);
}

/// Of many runs, those that had no commit for the longest time lose their plans first.
void WriterState::forget_plans_of_others(const RunEntry& current) {
  std::vector<RunEntry*> others;
  for (const auto& run : runs_) {
    if (run.get() != &current && run->plans.memory() > 0) others.push_back(run.get());
  }
  std::ranges::sort(others, std::ranges::greater(), &RunEntry::last_commit);
  std::size_t bytes = 0;
  for (RunEntry* run : others) {
    bytes += run->plans.memory();
    if (bytes > most_bytes_of_plans()) run->plans.forget();
  }
}

std::vector<WriterState::PlannedField> WriterState::divide_fields(RunEntry& run, const pipeline::OwnBoxes& own,
                                                                  const std::vector<int>& numbers) {
  std::vector<PlannedField> fields(numbers.size());
  // For each the last one before it that has the same shape; the first ones are compared with themselves.
  std::vector<std::size_t> before(numbers.size());
  std::vector<int> compared;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    fields[i].entry = run.fields[static_cast<std::size_t>(numbers[i])].get();
    before[i] = i;
    for (std::size_t k = 0; k < i; ++k) {
      if (fields[k].entry->description().shape() == fields[i].entry->description().shape()) before[i] = k;
    }
    compared.push_back(numbers[before[i]]);
  }
  const std::vector<bool> same = pipeline::have_same_boxes(comm_, own, numbers, compared);
  std::uint64_t chunks = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const PlannedField* like = same[i] && before[i] != i ? &fields[before[i]] : nullptr;
    in_context(described(*fields[i].entry), [&] {
      choose_chunk(fields[i], pipeline::boxes_of(own, numbers[i]), like);
      divide(fields[i], pipeline::boxes_of(own, numbers[i]), like, chunks);
    });
    chunks += static_cast<std::uint64_t>(fields[i].choice.chunks);
  }
  return fields;
}

void WriterState::choose_chunk(PlannedField& field, std::span<const Box> own, const PlannedField* like) {
  const FieldEntry& entry = *field.entry;
  const schema::Field& description = entry.description();
  if (like != nullptr) field.axes = like->axes;
  if (entry.choice) {
    field.choice = *entry.choice;
  } else if (!description.chunk.empty()) {
    field.choice = grid::given_chunk(request_of(description, options_, 1), description.chunk);
  } else {
    const grid::ChunkRequest request = request_of(description, options_, 1);
    if (!field.axes) {
      field.axes = std::make_shared<std::vector<grid::ChunkAxis>>(pipeline::survey_axes(comm_, request.shape, own));
    }
    field.choice = grid::choose_chunk(request, *field.axes);
  }
}

void WriterState::divide(PlannedField& field, std::span<const Box> own, const PlannedField* like,
                         std::uint64_t chunks_before) {
  // Fields with fewer chunks than there are ranks begin with another rank each: else the first one would get them all.
  if (field.choice.chunks < comm_.size()) field.turn = chunks_before;
  if (like != nullptr && like->choice.chunk == field.choice.chunk && like->turn == field.turn) {
    field.division = like->division;
    return;
  }
  const grid::ChunkGrid chunks{field.entry->description().shape(), field.choice.chunk};
  field.division = std::make_shared<pipeline::Division>(pipeline::divide(comm_, chunks, own, field.turn));
}

/// Says which boxes overlap, or which cells are missing. For that, and only here, every rank gets all boxes.
void WriterState::refuse_boxes(const StepEntry& step, const pipeline::OwnBoxes& own) {
  const RunEntry& run = *step.run;
  const pipeline::AllBoxes all = pipeline::gather_boxes(comm_, own);
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (const auto& [number, boxes] : all) {
      check_overlap(comm_, *run.fields[static_cast<std::size_t>(number)], boxes);
    }
  });
  meet(comm::Call{"overlaps", std::move(failure)});
  for (const auto& [number, boxes] : all) check_covered(*run.fields[static_cast<std::size_t>(number)], boxes);
  throw Error(ErrorCode::internal, "boxes overlap or leave cells out, but it was not found which");
}

/// A step without data, or without a field that has to be in every step, is refused. The same on every rank.
void WriterState::check_complete(const StepEntry& step, const pipeline::Plan& plan) const {
  if (plan.fields.empty() && step.values.scalars.empty()) {
    throw Error(ErrorCode::wrong_order, "no rank put anything; put a field or a scalar before commit");
  }
  if (!step.values.time) return;
  const schema::Group& group = step.run->group();
  group.fields.for_each([&](int number, const schema::FieldRecord& record) {
    const schema::Field& field = record.field;
    if (!field.time_dependent) return;
    const std::string what = "field " + in_quotes(field.name);
    schema::check_chunk_count(what, field, group.steps + 1);
    if (!field.fill.empty() || std::binary_search(plan.fields.begin(), plan.fields.end(), number)) return;
    throw Error(ErrorCode::not_covered, what + " was put by no rank; put it in every step, or declare what such steps read "
                                               "with FieldOptions::fill");
  });
}

/// Fields keep the chunks that were chosen for their first commit, also where that fails later.
void WriterState::adopt(const std::vector<PlannedField>& fields) {
  schema::Catalog next = catalog_;
  for (const PlannedField& field : fields) {
    FieldEntry& entry = *field.entry;
    if (entry.choice) continue;
    entry.choice = field.choice;
    grid::tell_shared_chunks(*entry.choice, field.division->shared_chunks);
    next.choose_chunk(entry.run->number, entry.number, entry.choice->chunk);
  }
  catalog_ = std::move(next);
}

/// At close: fields that were declared and never put. A time-dependent one shows with its steps (none, or fill values),
/// a static one only where it has a fill value, since there would be nothing true to read.
void WriterState::define_remaining(schema::Catalog& next, RunEntry& run) const {
  const std::int64_t steps = run.group().steps;
  for (const auto& field : run.fields) {
    const schema::Field& description = field->description();
    if (field->choice) continue;
    const grid::ChunkRequest request = request_of(description, options_, steps);
    const bool is_given = !description.chunk.empty();
    field->choice = is_given ? grid::describe_chunk(request, description.chunk) : grid::choose_chunk(request);
    if (!is_given) next.choose_chunk(run.number, field->number, field->choice->chunk);
  }
  next.define_remaining(run.number);
}

}  // namespace tessera::detail
