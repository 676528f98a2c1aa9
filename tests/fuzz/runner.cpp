#include "runner.hpp"

#include <algorithm>
#include <cstdint>

#include "../support/row_of_squares.hpp"
#include "field_options.hpp"
#include "levels.hpp"
#include "puts.hpp"

namespace fuzz {

namespace {

using AnyField = std::variant<tessera::Field<double>, tessera::Field<float>, tessera::Field<std::int32_t>>;
using AnyRefined =
    std::variant<tessera::RefinedField<double>, tessera::RefinedField<float>, tessera::RefinedField<std::int32_t>>;

class Runner {
 public:
  Runner(MPI_Comm comm, const std::string& path, const tessera::Options& options, Outcome before)
      : outcome_(std::move(before)) {
    MPI_Comm_rank(comm, &puts_.rank);
    MPI_Comm_size(comm, &puts_.ranks);
    collective([&] { writer_ = std::make_unique<tessera::Writer>(comm, path, options); });
  }

  void run(const Call& call) {
    if (!writer_) return;
    const auto known_run = runs_.find(call.run);
    if (call.kind == Kind::run) return make_run(call);
    if (call.kind == Kind::close) return close();
    if (call.kind == Kind::leave) return leave();
    if (known_run == runs_.end()) return;
    tessera::Run& run = known_run->second;
    switch (call.kind) {
      case Kind::field: return make_field(run, call);
      case Kind::mesh: return make_mesh(run, call);
      case Kind::refinement: return make_refinement(run, call);
      case Kind::regrid: return regrid(run, call);
      case Kind::attribute: return collective([&] { run.attribute(call.name, call.value); });
      case Kind::declare_scalar: return collective([&] { run.scalar(call.name, tessera::ScalarOptions{.unit = "J"}); });
      case Kind::step: return begin(call, run.step(call.value), call.value);
      case Kind::statics: return begin(call, run.statics(), {});
      case Kind::put: return put(call);
      case Kind::scalar:
        if (step_) step_->scalar(call.name, call.value);
        return;
      case Kind::commit: return commit(run);
      case Kind::keep: return keep(run, call);
      default: step_.reset();
    }
  }

  Outcome finish() {
    leave();
    return std::move(outcome_);
  }

 private:
  template <class Action>
  void collective(Action&& action) {
    try {
      action();
      outcome_.events.emplace_back("ok");
    } catch (const tessera::Error& error) {
      outcome_.events.push_back(std::to_string(static_cast<int>(error.code())) + " " + error.what());
      if (error.code() == tessera::ErrorCode::abandoned) over_ = true;
    }
    if (over_) leave();
  }

  void make_run(const Call& call) {
    collective([&] {
      runs_.emplace(call.run, writer_->run(call.name, {{"parameter", call.value}}));
      outcome_.times[call.name];
      if (std::ranges::find(outcome_.runs, call.run, &Call::run) == outcome_.runs.end()) outcome_.runs.push_back(call);
    });
  }

  void make_field(tessera::Run& run, const Call& call) {
    if (call.on == On::nodes && !meshes_.contains(call.run)) return;
    if (call.on == On::refinement && !refinements_.contains(call.run)) return;
    collective([&] {
      switch (call.type) {
        case 0: declare<double>(run, call); break;
        case 1: declare<float>(run, call); break;
        default: declare<std::int32_t>(run, call);
      }
      if (std::ranges::find(outcome_.fields, call.field, &Call::field) == outcome_.fields.end())
        outcome_.fields.push_back(call);
    });
  }

  template <class T>
  void declare(tessera::Run& run, const Call& call) {
    if (call.on != On::refinement) {
      fields_.insert_or_assign(call.field, declared<T>(run, call));
      return;
    }
    const tessera::Refinement& on = refinements_.at(call.run);
    refined_.insert_or_assign(call.field, run.field<T>(call.name, on, options_of<T>(call)));
  }

  template <class T>
  tessera::Field<T> declared(tessera::Run& run, const Call& call) {
    const auto options = options_of<T>(call);
    if (call.on == On::nodes) return run.field<T>(call.name, meshes_.at(call.run).nodes(), options);
    if (call.on == On::table) return run.field<T>(call.name, run.table("drops", {.chunk_rows = 4}), options);
    return run.field<T>(call.name, tessera::Grid{call.shape, {.axes = axes_of(call)}}, options);
  }

  void make_mesh(tessera::Run& run, const Call& call) {
    tessera_test::RowOfSquares own(call.shape[0], puts_.rank, puts_.ranks);
    collective([&] {
      meshes_.insert_or_assign(call.run, run.mesh(call.name, own.part(), {.dimensions = 2, .version = call.version}));
      puts_.nodes[call.run] = std::move(own.nodes);
      const auto same = [&](const Call& one) { return one.run == call.run && one.version == call.version; };
      if (std::ranges::none_of(outcome_.meshes, same)) outcome_.meshes.push_back(call);
    });
  }

  void make_refinement(tessera::Run& run, const Call& call) {
    collective([&] {
      refinements_.insert_or_assign(call.run, run.refinement(call.name, levels_options()));
      const auto same = [&](const Call& one) { return one.run == call.run && one.kind == call.kind; };
      if (std::ranges::none_of(outcome_.meshes, same)) outcome_.meshes.push_back(call);
    });
  }

  void regrid(tessera::Run& run, const Call& call) {
    const auto known = refinements_.find(call.run);
    if (known == refinements_.end()) return;
    collective([&] { run.regrid(known->second, boxes_of(static_cast<int>(call.value), puts_.rank, puts_.ranks)); });
  }

  void begin(const Call& call, tessera::Step step, std::optional<double> time) {
    step_.reset();
    step_.emplace(std::move(step));
    time_ = time;
    has_rare_ = has_refined_ = false;
    puts_.arrays.clear();
    const std::string& run = runs_.at(call.run).name();
    const auto kept = kept_.find(run);
    puts_.row = static_cast<int>(!time ? 0 : kept != kept_.end() ? kept->second : outcome_.times[run].size());
  }

  /// The other steps are gone when the next one is committed.
  void keep(tessera::Run& run, const Call& call) {
    collective([&] {
      run.keep(static_cast<std::int64_t>(call.value));
      kept_[run.name()] = static_cast<std::size_t>(call.value);
    });
  }

  void put(const Call& call) {
    const auto refined = refined_.find(call.field);
    if (step_ && refined != refined_.end()) {
      has_refined_ = true;
      return std::visit([&](const auto& field) { puts_.put_levels(*step_, field, call); }, refined->second);
    }
    const auto known = fields_.find(call.field);
    if (!step_ || known == fields_.end()) return;
    has_rare_ = has_rare_ || (call.is_rare && !call.has_fill);
    std::visit(
        [&](const auto& field) {
          call.on == On::grid ? puts_.put_slab(*step_, field, call) : puts_.put_own(*step_, field, call);
        },
        known->second);
  }

  void commit(tessera::Run& run) {
    if (!step_) return;
    collective([&] {
      step_->commit();
      if (!time_) return;
      auto& times = outcome_.times[run.name()];
      const auto kept = kept_.extract(run.name());
      if (kept) times.resize(kept.mapped());
      const auto note = [&](std::vector<std::int64_t>& steps, bool has_any) {
        std::erase_if(steps, [&](std::int64_t step) { return step >= std::ssize(times); });
        if (has_any) steps.push_back(std::ssize(times));
      };
      note(outcome_.rare[run.name()], has_rare_);
      note(outcome_.refined[run.name()], has_refined_);
      times.push_back(*time_);
    });
    step_.reset();
  }

  void close() {
    collective([&] {
      writer_->close();
      outcome_.closed = true;
    });
    if (outcome_.closed) leave();
  }

  void leave() {
    step_.reset();
    writer_.reset();
  }

  Puts puts_;
  bool over_ = false;
  std::unique_ptr<tessera::Writer> writer_;
  std::map<int, tessera::Run> runs_;
  std::map<int, AnyField> fields_;
  std::map<int, tessera::Mesh> meshes_;             ///< the last one of each run
  std::map<int, tessera::Refinement> refinements_;  ///< by run
  std::map<int, AnyRefined> refined_;               ///< fields on them
  std::optional<tessera::Step> step_;
  std::optional<double> time_;
  bool has_refined_ = false;                 ///< a field on a refinement was put
  bool has_rare_ = false;                    ///< a field without a fill value was put on the other time axis
  std::map<std::string, std::size_t> kept_;  ///< steps of runs, the others of which are to go
  Outcome outcome_;
};

}  // namespace

Outcome run_program(MPI_Comm comm, const std::string& path, const Program& program, tessera::Engine engine) {
  Runner runner(comm, path, {.overwrite = true, .engine = engine, .reader_grace_ms = 0}, {});
  for (const Call& call : program) runner.run(call);
  return runner.finish();
}

Outcome continue_program(MPI_Comm comm, const std::string& path, const Program& program, Outcome before) {
  before.closed = false;
  Runner runner(comm, path, {.open = tessera::OpenMode::append, .reader_grace_ms = 0}, std::move(before));
  for (const Call& call : program) runner.run(call);
  return runner.finish();
}

}  // namespace fuzz
