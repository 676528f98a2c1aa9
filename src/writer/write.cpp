#include <set>
#include <string>
#include <vector>

#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The last part of a commit: the step goes to the engine, or nothing of it is left.

namespace tessera::detail {

namespace {

/// What of a run has its dataset, or one that is queued.
struct Created {
  explicit Created(const RunEntry& run)
      : names(run.names), axes(run.created_axes), scalars(run.created_scalars), time(run.time_created) {
    for (const auto& field : run.fields) fields.push_back(field->created);
  }
  void restore(RunEntry& run) const {
    run.names = names;
    run.created_axes = axes;
    run.created_scalars = scalars;
    run.time_created = time;
    for (std::size_t i = 0; i < fields.size(); ++i) run.fields[i]->created = fields[i];
  }

  std::set<std::string> names;
  std::set<std::string> axes;
  std::set<std::string> scalars;
  bool time = false;
  std::vector<bool> fields;
};

}  // namespace

/// Where the commit fails, the datasets that it was to begin with are taken back too: none is left without data.
/// \param word_of_root what the meeting before told (Engine::word_of_root)
void WriterState::write(StepEntry& step, const pipeline::Plan& plan, std::uint64_t word_of_root) {
  RunEntry& run = *step.run;
  const Created before(run);
  const std::int32_t dimension = next_dimension_;
  const pipeline::Engine::Mark mark = engine_->mark();
  try {
    engine_->commit(assemble(step, plan), word_of_root);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::rank_missing) throw;
    if (engine_->forget_since(mark)) {
      before.restore(run);
      next_dimension_ = dimension;
    }
    const char* remedy = engine_->usable() ? "; then write the step again, with a new Run::step" : "";
    throw Error(error.code(), std::string(error.what()) + remedy, error.ranks());
  }
}

}  // namespace tessera::detail
