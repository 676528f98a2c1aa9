#include "runner.hpp"

#include <algorithm>
#include <cstdint>

#include "../support/row_of_squares.hpp"
#include "field_options.hpp"

namespace fuzz {

namespace {

using AnyField = std::variant<tessera::Field<double>, tessera::Field<float>, tessera::Field<std::int32_t>>;

class Runner {
 public:
  Runner(MPI_Comm comm, const std::string& path, const tessera::Options& options, Outcome before)
      : outcome_(std::move(before)) {
    MPI_Comm_rank(comm, &rank_);
    MPI_Comm_size(comm, &ranks_);
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
    collective([&] {
      switch (call.type) {
        case 0: fields_.insert_or_assign(call.field, declared<double>(run, call)); break;
        case 1: fields_.insert_or_assign(call.field, declared<float>(run, call)); break;
        default: fields_.insert_or_assign(call.field, declared<std::int32_t>(run, call));
      }
      if (std::ranges::find(outcome_.fields, call.field, &Call::field) == outcome_.fields.end())
        outcome_.fields.push_back(call);
    });
  }

  template <class T>
  tessera::Field<T> declared(tessera::Run& run, const Call& call) {
    const auto options = options_of<T>(call);
    if (call.on == On::nodes) return run.field<T>(call.name, meshes_.at(call.run).nodes(), options);
    if (call.on == On::table) return run.field<T>(call.name, run.table("drops", {.chunk_rows = 4}), options);
    return run.field<T>(call.name, tessera::Grid{call.shape, {.axes = axes_of(call)}}, options);
  }

  void make_mesh(tessera::Run& run, const Call& call) {
    tessera_test::RowOfSquares own(call.shape[0], rank_, ranks_);
    collective([&] {
      meshes_.insert_or_assign(call.run, run.mesh(call.name, own.part(), {.dimensions = 2, .version = call.version}));
      nodes_[call.run] = std::move(own.nodes);
      const auto same = [&](const Call& one) { return one.run == call.run && one.version == call.version; };
      if (std::ranges::none_of(outcome_.meshes, same)) outcome_.meshes.push_back(call);
    });
  }

  void begin(const Call& call, tessera::Step step, std::optional<double> time) {
    step_.reset();
    step_.emplace(std::move(step));
    time_ = time;
    arrays_.clear();
    const std::string& run = runs_.at(call.run).name();
    const auto kept = kept_.find(run);
    row_ = static_cast<int>(!time ? 0 : kept != kept_.end() ? kept->second : outcome_.times[run].size());
  }

  /// The other steps are gone when the next one is committed.
  void keep(tessera::Run& run, const Call& call) {
    collective([&] {
      run.keep(static_cast<std::int64_t>(call.value));
      kept_[run.name()] = static_cast<std::size_t>(call.value);
    });
  }

  /// This rank's slab of the field.
  void put(const Call& call) {
    const auto known = fields_.find(call.field);
    if (!step_ || known == fields_.end()) return;
    if (call.on != On::grid) return std::visit([&](const auto& field) { put_own(field, call); }, known->second);
    const std::int64_t rows = call.shape[0];
    tessera::Box box = tessera::Box::at(tessera::Index::filled(call.shape.size(), 0), call.shape);
    box.lower[0] = rows * rank_ / ranks_ + call.shift;
    box.upper[0] = rows * (rank_ + 1) / ranks_ + call.shift;
    std::visit([&](const auto& field) { put_values(field, call, box); }, known->second);
  }

  /// Values at this rank's nodes, or its rows of a table; too few where the call is one that went wrong.
  template <class T>
  void put_own(const tessera::Field<T>& field, const Call& call) {
    std::vector<T> values;
    const auto add = [&](std::int64_t place) {
      for (std::int64_t i = place * call.components; i < (place + 1) * call.components; ++i)
        values.push_back(static_cast<T>(i + 1000 * row_ + 7 * call.field));
    };
    if (call.on == On::nodes) {
      std::ranges::for_each(nodes_[call.run], add);
      if ((call.null_pointer || call.shift != 0) && !values.empty()) values.pop_back();
    } else {
      const std::int64_t rows = 3 * row_ % 7;
      for (std::int64_t row = rows * rank_ / ranks_; row < rows * (rank_ + 1) / ranks_; ++row) add(row);
    }
    step_->put(field, std::move(values));
  }

  template <class T>
  void put_values(const tessera::Field<T>& field, const Call& call, const tessera::Box& box) {
    std::int64_t cells_per_row = call.components;
    for (std::size_t axis = 1; axis < call.shape.size(); ++axis) cells_per_row *= call.shape[axis];
    auto values = std::make_shared<std::vector<T>>();
    for (std::int64_t i = box.lower[0] * cells_per_row; i < box.upper[0] * cells_per_row; ++i) {
      values->push_back(static_cast<T>(i + 1000 * row_ + 7 * call.field));
    }
    arrays_.push_back(values);
    if (has_names(call) && !call.null_pointer && !values->empty()) {
      put_components(field, box, values->data());
    } else {
      step_->put(field, box, call.null_pointer ? static_cast<const T*>(nullptr) : values->data());
    }
  }

  /// Each component as an array of its own.
  template <class T>
  void put_components(const tessera::Field<T>& field, const tessera::Box& box, const T* values) {
    const tessera::Index extents = box.extents();
    tessera::Index strides = extents;
    std::int64_t stride = 3;
    for (std::size_t axis = extents.size(); axis-- > 0; stride *= extents[axis]) strides[axis] = stride;
    const auto component = [&](int number) { return tessera::array(values + number, extents, strides); };
    step_->put(field, box, tessera::components(component(0), component(1), component(2)));
  }

  void commit(tessera::Run& run) {
    if (!step_) return;
    collective([&] {
      step_->commit();
      if (!time_) return;
      auto& times = outcome_.times[run.name()];
      if (const auto kept = kept_.extract(run.name())) times.resize(kept.mapped());
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

  int rank_ = 0;
  int ranks_ = 1;
  bool over_ = false;
  std::unique_ptr<tessera::Writer> writer_;
  std::map<int, tessera::Run> runs_;
  std::map<int, AnyField> fields_;
  std::map<int, tessera::Mesh> meshes_;             ///< the last one of each run
  std::map<int, std::vector<std::int64_t>> nodes_;  ///< of it, this rank's
  std::optional<tessera::Step> step_;
  std::optional<double> time_;
  int row_ = 0;
  std::map<std::string, std::size_t> kept_;  ///< steps of runs, the others of which are to go
  std::vector<std::shared_ptr<void>> arrays_;
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
