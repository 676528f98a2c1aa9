#include <cmath>

#include <tessera/writer.hpp>

#include "base/present.hpp"
#include "writer/state.hpp"

/// \file
/// The public handles: each call goes to the state behind them.

namespace tessera {

Writer::Writer(MPI_Comm communicator, const std::string& path, const Options& options)
    : state_(detail::WriterState::open(communicator, path, options)) {}

Writer::Writer(Writer&&) noexcept = default;

Writer& Writer::operator=(Writer&& other) noexcept {
  if (this != &other) {
    if (state_) state_->abandon();
    state_ = std::move(other.state_);
  }
  return *this;
}

Writer::~Writer() {
  if (state_) state_->abandon();
}

Run Writer::run(const std::string& name, const Attributes& parameters, const RunOptions& options) {
  return {state_, present(state_, "Writer").add_run(name, parameters, options)};
}

Run Writer::root(const Attributes& parameters, const RunOptions& options) {
  return {state_, present(state_, "Writer").root(parameters, options)};
}

void Writer::progress() { present(state_, "Writer").progress(); }

void Writer::wait() { present(state_, "Writer").wait(); }

std::size_t Writer::in_flight() const { return present(state_, "Writer").in_flight(); }

void Writer::close() { present(state_, "Writer").close(); }

std::string Writer::explain() const { return present(state_, "Writer").explain(); }
std::uint64_t Writer::unused_bytes() const { return present(state_, "Writer").unused_bytes(); }

Report Writer::report() const { return present(state_, "Writer").report(); }

Run::Run(std::shared_ptr<detail::WriterState> state, std::shared_ptr<detail::RunEntry> entry)
    : state_(std::move(state)), entry_(std::move(entry)) {}

std::shared_ptr<detail::FieldEntry> Run::field_any(const std::string& name, const Grid& grid, const void* options,
                                                   detail::FieldRequest (*make_request)(const void* options)) {
  return present(state_, "Run").add_field(*entry_, name, grid, [&] { return make_request(options); });
}

std::shared_ptr<detail::FieldEntry> Run::mesh_field_any(const std::string& name, const MeshSpace& space,
                                                        const void* options,
                                                        detail::FieldRequest (*make_request)(const void* options)) {
  return present(state_, "Run").add_mesh_field(*entry_, name, space.entry(), [&] { return make_request(options); });
}

Mesh Run::mesh(const std::string& name, const MeshPart& part, const MeshOptions& options) {
  return Mesh(present(state_, "Run").add_mesh(*entry_, name, part, options));
}

std::shared_ptr<detail::FieldEntry> Run::column_any(const std::string& name, const Table& table, const void* options,
                                                    detail::FieldRequest (*make_request)(const void* options)) {
  return present(state_, "Run").add_column(*entry_, name, table.entry(), [&] { return make_request(options); });
}

Table Run::table(const std::string& name, const TableOptions& options) {
  return Table(present(state_, "Run").add_table(*entry_, name, options));
}

std::shared_ptr<detail::RefinedFieldEntry> Run::refined_field_any(const std::string& name, const Refinement& refinement,
                                                                  const void* options,
                                                                  detail::FieldRequest (*make_request)(const void*)) {
  return present(state_, "Run").add_refined_field(*entry_, name, refinement.entry(), [&] {
    return make_request(options);
  });
}

Refinement Run::refinement(const std::string& name, const RefinementOptions& options) {
  return Refinement(present(state_, "Run").add_refinement(*entry_, name, options));
}

void Run::regrid(const Refinement& refinement, const LevelBoxes& boxes) {
  present(state_, "Run").regrid(*entry_, refinement.entry().get(), boxes);
}

void Run::attribute(const std::string& name, const AttributeValue& value) {
  present(state_, "Run").add_attribute(*entry_, name, value);
}

void Run::scalar(const std::string& name, const ScalarOptions& options) {
  present(state_, "Run").add_scalar(*entry_, name, options);
}

void Run::keep(std::int64_t steps) { present(state_, "Run").keep_steps(*entry_, steps); }

void Run::keep_until(double time) { present(state_, "Run").keep_until(*entry_, time); }

std::int64_t Run::steps() const {
  present(state_, "Run");
  return entry_->group().steps;
}

double Run::last_time() const { return steps() > 0 ? entry_->group().last_time : std::nan(""); }

Step Run::step(double time) { return {state_, present(state_, "Run").begin_step(*entry_, time)}; }

Step Run::statics() { return {state_, present(state_, "Run").begin_step(*entry_, std::nullopt)}; }

const std::string& Run::name() const noexcept {
  static const std::string moved_from;
  return entry_ ? entry_->group().run->name : moved_from;
}

Step::Step(std::shared_ptr<detail::WriterState> state, std::shared_ptr<detail::StepEntry> entry)
    : state_(std::move(state)), entry_(std::move(entry)) {}

Step::Step(Step&&) noexcept = default;

Step& Step::operator=(Step&& other) noexcept {
  if (this != &other) {
    drop();
    state_ = std::move(other.state_);
    entry_ = std::move(other.entry_);
  }
  return *this;
}

Step::~Step() { drop(); }

/// Whatever was put and not committed is let go, views included.
void Step::drop() noexcept {
  if (!entry_) return;
  entry_->over = true;
  entry_->puts.clear();
  entry_->own_puts.clear();
}

void Step::note_no_memory() { present(state_, "Step").note_no_memory(entry_.get()); }

void Step::put_any(const std::shared_ptr<detail::FieldEntry>& field, const Box& box, detail::AnyArray array) {
  present(state_, "Step").put(entry_.get(), field.get(), &box, std::move(array));
}

void Step::put_own(const std::shared_ptr<detail::FieldEntry>& field, detail::AnyArray array) {
  present(state_, "Step").put(entry_.get(), field.get(), nullptr, std::move(array));
}

void Step::put_level(const detail::RefinedFieldEntry* field, int level, std::vector<detail::AnyArray> arrays) {
  present(state_, "Step").put_level(entry_.get(), field, level, std::move(arrays));
}

void Step::scalar(const std::string& name, double value) {
  present(state_, "Step").put_scalar(entry_.get(), name, {value, false});
}

void Step::scalar_of_one_rank(const std::string& name, std::optional<double> value) {
  present(state_, "Step").put_scalar(entry_.get(), name, {value, true});
}

void Step::commit() { present(state_, "Step").commit(entry_.get(), true); }

void Step::commit_async() { present(state_, "Step").commit(entry_.get(), false); }

}  // namespace tessera
