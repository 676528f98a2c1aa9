#include <tessera/reader.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/present.hpp"
#include "base/text.hpp"
#include "reader/state.hpp"
#include "reader/step_rows.hpp"
#include "schema/places.hpp"

/// \file
/// The public handles: each call goes to the state behind them.

namespace tessera {

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::not_found, message); }

template <class Range, class NameOf>
std::vector<std::string> names_of(const Range& range, NameOf&& name_of) {
  std::vector<std::string> names;
  names.reserve(range.size());
  for (const auto& one : range) names.push_back(name_of(one));
  return names;
}

}  // namespace

Reader::Reader(MPI_Comm communicator, const std::string& path, const ReaderOptions& options)
    : state_(detail::ReaderState::open(communicator, path, options)) {}

Reader::Reader(Reader&&) noexcept = default;

Reader& Reader::operator=(Reader&& other) noexcept {
  if (this != &other) {
    if (state_) state_->abandon();
    state_ = std::move(other.state_);
  }
  return *this;
}

Reader::~Reader() {
  if (state_) state_->abandon();
}

bool Reader::wait(double seconds) {
  return present(state_, "Reader").refresh(seconds > 0 ? "Reader::wait" : "Reader::refresh", seconds);
}

void Reader::close() { present(state_, "Reader").close(); }

std::vector<std::string> Reader::runs() const {
  return names_of(present(state_, "Reader").contents().runs, [](const auto& run) { return run.run.name; });
}

bool Reader::has_run(const std::string& name) const {
  return present(state_, "Reader").contents().run(name) != nullptr;
}

StoredRun Reader::run(const std::string& name) const {
  const auto& state = present(state_, "Reader");
  const schema::StoredRun* found = state.contents().run(name);
  if (found == nullptr)
    refuse("the file " + in_quotes(state.path()) + " has no run " + in_quotes(name) + "; Reader::runs lists them");
  return {state_, static_cast<std::size_t>(found - state.contents().runs.data())};
}

StoredRun::StoredRun(std::shared_ptr<detail::ReaderState> state, std::size_t number)
    : state_(std::move(state)), number_(number) {}

const std::string& StoredRun::name() const { return present(state_, "StoredRun").run(number_).run.name; }

const Attributes& StoredRun::attributes() const { return present(state_, "StoredRun").run(number_).attributes; }

bool StoredRun::has_attribute(const std::string& name) const {
  return std::ranges::find(attributes(), name, &Attribute::name) != attributes().end();
}

const AttributeValue& StoredRun::value_of(const std::string& name) const {
  const auto found = std::ranges::find(attributes(), name, &Attribute::name);
  if (found == attributes().end()) {
    refuse(state_->run(number_).described() + " has no attribute " + in_quotes(name) +
           "; StoredRun::attributes has all");
  }
  return found->value;
}

std::int64_t StoredRun::steps() const { return static_cast<std::int64_t>(times().size()); }

const std::vector<double>& StoredRun::times() const { return present(state_, "StoredRun").run(number_).times; }

const std::string& StoredRun::time_unit() const {
  return present(state_, "StoredRun").run(number_).run.options.time_unit;
}

std::vector<std::string> StoredRun::fields() const {
  return names_of(present(state_, "StoredRun").run(number_).fields, [](const auto& one) { return one.field.name; });
}

bool StoredRun::has_field(const std::string& name) const {
  return present(state_, "StoredRun").run(number_).field(name) != nullptr;
}

namespace {

/// The fields with the places of a field's points, as the file says.
std::vector<std::string> names_of_places(const schema::StoredRun& run, const schema::Field& field) {
  std::vector<std::string> names = schema::places_with(field);
  if (names.empty()) names = schema::names_in(field, "coordinates");
  const bool are_there =
      std::ranges::all_of(names, [&](const std::string& name) { return run.field(name) != nullptr; });
  return are_there ? names : std::vector<std::string>();
}

}  // namespace

FieldInfo StoredRun::field(const std::string& name) const {
  const schema::StoredRun& run = present(state_, "StoredRun").run(number_);
  const schema::StoredField* stored = run.field(name);
  if (stored == nullptr)
    refuse(run.described() + " has no field " + in_quotes(name) + "; StoredRun::fields lists them");
  const schema::Field& field = stored->field;
  FieldInfo info{
      name,          {field.shape()}, field.components, field.component_names, field.stored, field.time_dependent,
      stored->steps, field.unit,      field.long_name,  field.attributes,      field.chunk};
  info.time_axis = field.time_axis;
  info.tensor_axes = field.tensor_axes;
  std::vector<Coordinates> coordinates;
  for (const schema::Axis& axis : field.axes) {
    info.grid.options.axes.push_back(axis.name);
    info.grid.options.origin.push_back(axis.coordinate(0));
    info.grid.options.spacing.push_back(axis.spacing);
    coordinates.push_back(axis.values            ? Coordinates(*axis.values)
                          : axis.has_coordinates ? Coordinates()
                                                 : Coordinates::none());
    info.grid.options.units.push_back(axis.unit);
    info.grid.options.attributes.push_back(axis.attributes);
  }
  const auto is_uniform = [](const Coordinates& one) { return one.kind() == Coordinates::Kind::uniform; };
  if (!std::ranges::all_of(coordinates, is_uniform)) info.grid.options.coordinates = std::move(coordinates);
  info.grid.options.places = names_of_places(run, field);
  for (const std::string& mapping : schema::names_in(field, "grid_mapping")) {
    if (const schema::StoredMapping* found = run.mapping(mapping))
      info.grid.options.mapping = {found->name, found->attributes};
  }
  return info;
}

FieldStatistics StoredRun::statistics(const std::string& name) const {
  return has_field(name) ? state_->statistics(number_, name) : (field(name), FieldStatistics{});
}

std::vector<std::string> StoredRun::tables() const {
  return names_of(present(state_, "StoredRun").run(number_).tables, [](const auto& one) { return one.name; });
}

std::vector<std::string> StoredRun::scalars() const {
  return names_of(present(state_, "StoredRun").run(number_).scalars, [](const auto& one) { return one.name; });
}

const std::vector<double>& StoredRun::scalar(const std::string& name) const {
  const schema::StoredRun& run = present(state_, "StoredRun").run(number_);
  const schema::StoredScalar* found = run.scalar(name);
  if (found == nullptr)
    refuse(run.described() + " has no scalar " + in_quotes(name) + "; StoredRun::scalars lists them");
  return found->values;
}

std::vector<std::int64_t> StoredRun::steps_of(const std::string& name) const {
  const schema::StoredRun& run = present(state_, "StoredRun").run(number_);
  if (const schema::StoredScalar* scalar = run.scalar(name)) return run.steps_of(scalar->options.time_axis);
  const schema::StoredField* stored = run.field(name);
  if (stored == nullptr) {
    refuse(run.described() + " has no field or scalar " + in_quotes(name) +
           "; StoredRun::fields and scalars list them");
  }
  return stored->field.time_dependent ? run.steps_of(stored->field.time_axis) : std::vector<std::int64_t>();
}

StoredStep StoredRun::step(std::int64_t number) const {
  const std::int64_t count = steps();
  const std::int64_t from_begin = number < 0 ? count + number : number;
  if (from_begin < 0 || from_begin >= count) {
    refuse(state_->run(number_).described() + " has " + std::to_string(count) + " steps, and no step " +
           std::to_string(number) + "; they count from 0, and from the end from -1");
  }
  return {state_, std::make_unique<detail::ReadStep>(detail::ReadStep{number_, from_begin, {}, {}})};
}

StoredStep StoredRun::at_time(double time, double tolerance) const {
  const auto distance = [time](double other) { return std::abs(other - time); };
  const auto nearest = std::ranges::min_element(times(), {}, distance);
  if (nearest == times().end()) refuse(state_->run(number_).described() + " has no steps");
  if (!(distance(*nearest) <= tolerance)) {
    refuse(state_->run(number_).described() + " has no step within " + exact(tolerance) + " of the time " +
           exact(time) + "; the nearest is at " + exact(*nearest));
  }
  return step(nearest - times().begin());
}

StoredStep StoredRun::statics() const {
  present(state_, "StoredRun");
  return {state_, std::make_unique<detail::ReadStep>(detail::ReadStep{number_, -1, {}, {}})};
}

StoredStep::StoredStep(std::shared_ptr<detail::ReaderState> state, std::unique_ptr<detail::ReadStep> step)
    : state_(std::move(state)), step_(std::move(step)) {}

StoredStep::StoredStep(StoredStep&&) noexcept = default;
StoredStep& StoredStep::operator=(StoredStep&&) noexcept = default;
StoredStep::~StoredStep() = default;

void StoredStep::get_any(const std::string& field, const Box& box, detail::AnyArray target, const GetOptions& options) {
  present(state_, "StoredStep").get(*step_, field, box, std::move(target), options);
}

void StoredStep::get_places(const std::string& field, const Integers& places, detail::AnyArray target) {
  present(state_, "StoredStep").get_places(*step_, field, places, std::move(target));
}

/// The first one stays, for read().
void StoredStep::note(Error error) {
  auto& noted = present(step_, "StoredStep").noted;
  if (!noted) noted = std::move(error);
}

std::int64_t StoredStep::rows(const std::string& table) const {
  const detail::ReadStep& step = present(step_, "StoredStep");
  return detail::rows_of(state_->run(step.run), table, step.number).count;
}

Box StoredStep::share(const std::string& table) const {
  return detail::share_of(rows(table), state_->rank(), state_->ranks());
}

std::vector<std::int64_t> StoredStep::find_rows(const std::string& column, const Integers& values) {
  return present(state_, "StoredStep").find_rows(*step_, column, values);
}

void StoredStep::read() { present(state_, "StoredStep").read(*step_); }
void StoredStep::read_alone() { present(state_, "StoredStep").read_alone(*step_); }

std::int64_t StoredStep::number() const { return present(step_, "StoredStep").number; }

double StoredStep::time() const {
  const std::int64_t number = this->number();
  if (number < 0) return std::numeric_limits<double>::quiet_NaN();
  return state_->run(step_->run).times[static_cast<std::size_t>(number)];
}

}  // namespace tessera
