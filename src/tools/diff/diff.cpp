#include "tools/diff/diff.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <span>
#include <utility>

#include <tessera/error.hpp>

#include "base/affinity.hpp"
#include "base/text.hpp"
#include "hdf5/survey.hpp"
#include "tools/common/find.hpp"
#include "tools/diff/compare_field.hpp"
#include "tools/diff/same_value.hpp"

namespace tessera::tools {

namespace {

/// On each of their axes.
std::vector<std::vector<std::string>> names_of_components(const schema::Field& field) {
  std::vector<std::vector<std::string>> names;
  for (schema::Axis& axis : field.component_axes()) names.push_back(std::move(axis.texts));
  return names;
}

/// A file that is compared.
struct Side {
  explicit Side(const std::string& path) : name(path), survey(path) {
    survey.read();
    if (!survey.errors().empty()) {
      const hdf5::SurveyError& first = survey.errors().front();
      throw Error(ErrorCode::hdf5, path + ": " + first.path + " cannot be read: " + first.text);
    }
    contents = survey.contents();
  }
  std::string name;
  hdf5::Survey survey;
  schema::Contents contents;
};

class Comparison {
 public:
  Comparison(const Side& a, const Side& b, const DiffOptions& options, DiffReport& report)
      : a_(a), b_(b), tolerance_(options.tolerance), report_(report),
        threads_(options.threads > 0 ? options.threads
                                     : static_cast<std::size_t>(std::max(count_of(allowed_cpus()), 1))) {}

  /// \param what of a run to compare: one field or scalar; empty: everything
  void compare_runs(const std::string& run, const std::string& what) {
    for (const schema::StoredRun& one : a_.contents.runs) {
      if (!run.empty() && one.run.name != run) continue;
      if (const auto* other = b_.contents.run(one.run.name)) {
        compare_run(one, *other, what);
      } else {
        only_in(a_, one.run.path);
      }
    }
    for (const schema::StoredRun& one : b_.contents.runs) {
      if ((run.empty() || one.run.name == run) && a_.contents.run(one.run.name) == nullptr) only_in(b_, one.run.path);
    }
  }

 private:
  void differ(const std::string& path, std::string text) { report_.others.push_back({path, std::move(text)}); }
  void only_in(const Side& side, const std::string& path) { differ(path, "only in " + side.name); }

  static std::string path_in(const schema::StoredRun& run, const std::string& name) {
    return run.run.path == "/" ? "/" + name : run.run.path + "/" + name;
  }

  /// Those of the file itself say who wrote it, and when.
  static bool is_of_the_file(const std::string& path, const std::string& name) {
    return path == "/" && (name == "history" || name == "creator" || name == "Conventions");
  }

  void compare_attributes(const std::string& path, const Attributes& a, const Attributes& b) {
    const auto named = [](const Attributes& all, const std::string& name) {
      const auto found = std::ranges::find(all, name, &Attribute::name);
      return found == all.end() ? nullptr : &*found;
    };
    for (const Attribute& one : a) {
      if (is_of_the_file(path, one.name)) continue;
      const Attribute* other = named(b, one.name);
      if (other == nullptr) {
        only_in(a_, path + "@" + one.name);
        continue;
      }
      if (!same_value(one.value, other->value, tolerance_)) {
        differ(path + "@" + one.name, "has another value");
      }
    }
    for (const Attribute& one : b) {
      if (!is_of_the_file(path, one.name) && named(a, one.name) == nullptr) only_in(b_, path + "@" + one.name);
    }
  }

  void compare_run(const schema::StoredRun& a, const schema::StoredRun& b, const std::string& what) {
    if (what.empty()) {
      compare_attributes(a.run.path, a.attributes, b.attributes);
      compare_text(path_in(a, "time"), "unit", a.run.options.time_unit, b.run.options.time_unit);
      compare_series(path_in(a, "time"), a.times, a.times, b.times, a.steps_of("time"));
      compare_time_axes(a, b);
    }
    axes_.clear();
    const auto field_name = [](const schema::StoredField& one) { return one.field.name; };
    const auto scalar_name = [](const schema::StoredScalar& one) { return one.name; };
    each_pair(a, a.scalars, b.scalars, what, scalar_name, [&](const auto& x, const auto& y) {
      compare_text(path_in(a, x.name), "unit", x.options.unit, y.options.unit);
      compare_text(path_in(a, x.name), "time axis", x.options.time_axis, y.options.time_axis);
      compare_series(path_in(a, x.name), a.times_of(x.options.time_axis), x.values, y.values,
                     a.steps_of(x.options.time_axis));
    });
    each_pair(a, a.fields, b.fields, what, field_name, [&](const auto& x, const auto& y) { compare_field(a, x, y); });
  }

  void compare_time_axes(const schema::StoredRun& a, const schema::StoredRun& b) {
    const auto name = [](const schema::TimeAxis& axis) { return axis.name; };
    each_pair(a, a.time_axes, b.time_axes, {}, name, [&](const auto& x, const auto& y) {
      compare_series(path_in(a, x.name), x.times, x.times, y.times, a.steps_of(x.name));
    });
  }

  template <class List, class Name, class Compare>
  void each_pair(const schema::StoredRun& run, const List& a, const List& b, const std::string& what, Name name,
                 Compare compare) {
    const auto named = [&](const List& all, const std::string& one) { return std::ranges::find(all, one, name); };
    for (const auto& one : a) {
      if (!what.empty() && name(one) != what) continue;
      const auto other = named(b, name(one));
      if (other == b.end()) {
        only_in(a_, path_in(run, name(one)));
      } else {
        compare(one, *other);
      }
    }
    for (const auto& one : b) {
      const bool is_asked_for = what.empty() || name(one) == what;
      if (is_asked_for && named(a, name(one)) == a.end()) only_in(b_, path_in(run, name(one)));
    }
  }

  void compare_text(const std::string& path, const char* what, const std::string& a, const std::string& b) {
    if (a != b) differ(path, std::string(what) + " " + in_quotes(a) + " and " + in_quotes(b));
  }

  /// \param times of the steps, where these are values of steps \param steps their numbers in the run
  void compare_series(const std::string& path, std::span<const double> times, std::span<const double> a,
                      std::span<const double> b, const std::optional<std::vector<std::int64_t>>& steps) {
    const bool has_steps = steps.has_value();
    if (a.size() != b.size()) {
      differ(path, std::to_string(a.size()) + " and " + std::to_string(b.size()) + (has_steps ? " steps" : " values"));
    }
    Tally tally;
    compare(DataType::float64, reinterpret_cast<const std::byte*>(a.data()),
            reinterpret_cast<const std::byte*>(b.data()), std::min(a.size(), b.size()), tolerance_, 0, tally);
    ValueDifference result = begin(path, tally);
    if (has_steps) {
      result.step = tally.place < steps->size() ? steps->at(tally.place) : static_cast<std::int64_t>(tally.place);
      if (tally.place < times.size()) result.time = times[tally.place];
    } else {
      result.index = {static_cast<std::int64_t>(tally.place)};
    }
    keep(std::move(result));
  }

  static ValueDifference begin(const std::string& path, const Tally& tally) {
    ValueDifference result;
    result.path = path;
    result.compared = tally.compared;
    result.differing = tally.differing;
    result.largest = tally.largest;
    result.a = tally.a;
    result.b = tally.b;
    return result;
  }

  void keep(ValueDifference result) {
    report_.compared += result.compared;
    if (result.differing > 0) report_.values.push_back(std::move(result));
  }

  /// Coordinates of an axis; empty where it has none that are numbers.
  std::vector<double> coordinates(const Side& side, const std::string& path) const {
    const hdf5::SurveyedDataset* dataset = side.survey.dataset(path);
    if (dataset == nullptr || dataset->is_dimension_only || dataset->element != DataType::float64) return {};
    const std::vector<std::byte> bytes = side.survey.elements(*dataset);
    std::vector<double> values(bytes.size() / sizeof(double));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  void compare_axis(const schema::StoredRun& run, const schema::Axis& a, const schema::Axis& b) {
    const std::string path = path_in(run, a.name);
    if (a.name.empty() || !axes_.insert(a.name).second) return;
    compare_text(path, "unit", a.unit, b.unit);
    compare_attributes(path, a.attributes, b.attributes);
    compare_series(path, {}, coordinates(a_, path), coordinates(b_, path), std::nullopt);
    if (!is_near(a.origin, b.origin, tolerance_) || !is_near(a.spacing, b.spacing, tolerance_)) {
      differ(path, "origin " + exact(a.origin) + " and " + exact(b.origin) + ", spacing " + exact(a.spacing) + " and " +
                       exact(b.spacing));
    }
  }

  void compare_field(const schema::StoredRun& run, const schema::StoredField& a, const schema::StoredField& b) {
    const std::string& path = a.field.path;
    for (std::size_t axis = 0; axis < std::min(a.field.axes.size(), b.field.axes.size()); ++axis) {
      compare_text(path, "axis", a.field.axes[axis].name, b.field.axes[axis].name);
      if (a.field.axes[axis].name == b.field.axes[axis].name) {
        compare_axis(run, a.field.axes[axis], b.field.axes[axis]);
      }
    }
    if (names_of_components(a.field) != names_of_components(b.field)) differ(path, "has other names of components");
    compare_text(path, "time axis", a.field.time_axis, b.field.time_axis);
    compare_text(path, "unit", a.field.unit, b.field.unit);
    compare_text(path, "long name", a.field.long_name, b.field.long_name);
    compare_attributes(path, a.field.attributes, b.field.attributes);
    if (a.field.stored != b.field.stored) {
      differ(path, std::string("type ") + to_string(a.field.stored) + " and " + to_string(b.field.stored));
    }
    const bool same_shape = a.field.shape() == b.field.shape() &&
                            a.field.component_extents() == b.field.component_extents() &&
                            a.field.time_dependent == b.field.time_dependent;
    if (!same_shape) return differ(path, "has another shape");
    std::optional<std::int64_t> steps;
    if (a.field.time_dependent) steps = std::min(a.steps, b.steps);
    if (a.steps != b.steps) differ(path, std::to_string(a.steps) + " and " + std::to_string(b.steps) + " steps");
    compare_values(run, a, b, steps);
  }

  void compare_values(const schema::StoredRun& run, const schema::StoredField& a, const schema::StoredField& b,
                      std::optional<std::int64_t> steps) {
    const std::string& path = a.field.path;
    const FieldSide first{&a_.survey, &a, a_.survey.dataset(path)};
    const FieldSide second{&b_.survey, &b, b_.survey.dataset(b.field.path)};
    if (first.dataset == nullptr || second.dataset == nullptr) return;
    const Tally tally = compare_fields(first, second, steps, tolerance_, threads_, report_.same_bytes);
    ValueDifference result = begin(path, tally);
    if (tally.differing > 0) place(run, a.field, tally.place, result);
    keep(std::move(result));
  }

  void place(const schema::StoredRun& run, const schema::Field& field, std::uint64_t place, ValueDifference& result) {
    const Index shape = field.shape();
    auto rest = static_cast<std::int64_t>(place);
    const std::int64_t component = rest % field.components;
    rest /= field.components;
    result.index = shape;
    for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) result.index[axis] = rest % shape[axis];
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const std::vector<double> values = coordinates(a_, path_in(run, field.axes[axis].name));
      const auto number = static_cast<std::size_t>(result.index[axis]);
      if (number < values.size()) result.coordinates.emplace_back(field.axes[axis].name, values[number]);
    }
    std::int64_t below = field.components;
    for (const std::int64_t extent : field.component_extents()) {
      below /= extent;
      result.index.push_back(component / below % extent);
    }
    if (!field.time_dependent) return;
    const std::vector<double>& times = run.times_of(field.time_axis);
    const std::vector<std::int64_t> steps = run.steps_of(field.time_axis);
    result.step = static_cast<std::size_t>(rest) < steps.size() ? steps[static_cast<std::size_t>(rest)] : rest;
    if (static_cast<std::size_t>(rest) < times.size()) result.time = times[static_cast<std::size_t>(rest)];
  }

  const Side& a_;
  const Side& b_;
  Tolerance tolerance_;
  DiffReport& report_;
  std::size_t threads_;
  std::set<std::string> axes_;  ///< of this run, that were compared
};

}  // namespace

DiffReport diff(const std::string& a, const std::string& b, const DiffOptions& options) {
  DiffReport report;
  report.a = a;
  report.b = b;
  const Side first(a);
  const Side second(b);
  std::string run;
  std::string what;
  if (!options.name.empty()) {
    const Found found = find(first.contents, options.name);
    run = found.run->run.name;
    what = found.field != nullptr ? found.field->field.name : found.scalar != nullptr ? found.scalar->name : "";
  }
  Comparison(first, second, options, report).compare_runs(run, what);
  return report;
}

}  // namespace tessera::tools
