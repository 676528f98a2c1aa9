#include "tools/plot/slice.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/error.hpp>

#include "tools/common/number.hpp"
#include "tools/common/table.hpp"

namespace tessera::tools {

namespace {

std::string with_unit(const std::string& unit) { return unit.empty() ? "" : " " + unit; }

/// In the middle of all but the last two axes that have more than one cell.
void cut_to_two_axes(Box& box) {
  std::size_t kept = 0;
  for (std::size_t axis = box.rank(); axis-- > 0;) {
    const std::int64_t length = box.upper[axis] - box.lower[axis];
    if (length < 2 || ++kept <= 2) continue;
    box.lower[axis] += length / 2;
    box.upper[axis] = box.lower[axis] + 1;
  }
}

class Cutter {
 public:
  Cutter(hdf5::InputFile& file, const schema::StoredRun& run, const schema::StoredField& stored,
         std::optional<std::int64_t> component)
      : file_(file), run_(run), stored_(stored), field_(stored.field), component_(component) {
    if (component_ && (*component_ < 0 || *component_ >= field_.components)) {
      throw Error(ErrorCode::out_of_bounds,
                  "field '" + field_.name + "' has the components 0 to " + std::to_string(field_.components - 1));
    }
  }

  Slice cut(Box box, const Selection& selection) {
    cut_to_two_axes(box);
    Slice slice;
    slice.caption = heading();
    std::vector<std::int64_t> steps{0};
    if (field_.time_dependent) steps = chosen_steps(run_, field_.time_axis, selection, box.volume() == 1 ? ":" : "-1");
    const bool over_time = box.volume() == 1 && steps.size() > 1;
    if (field_.time_dependent && !over_time) {
      steps.resize(1);
      slice.caption += ", step " + std::to_string(steps[0]) + ", time " + rounded(time(steps[0]), 9) +
                       with_unit(run_.run.options.time_unit);
    }
    add_axes(box, slice);
    if (over_time) {
      slice.across = {"time", run_.run.options.time_unit, {}};
      for (const std::int64_t step : steps) slice.across.places.push_back(time(step));
    }
    for (const std::int64_t step : steps) read(place(step), box, slice.values);
    slice.caption = printable(slice.caption);
    return slice;
  }

 private:
  double time(std::int64_t step) const { return run_.times[static_cast<std::size_t>(step)]; }
  std::int64_t place(std::int64_t step) const {
    return field_.time_dependent ? run_.place_of(field_.time_axis, step).value_or(-1) : step;
  }

  std::string heading() const {
    std::string text = field_.path;
    if (field_.components > 1) text += component_ ? "[" + std::to_string(*component_) + "]" : " (length)";
    return text + with_unit(field_.unit);
  }

  /// Those of the picture, and in its caption where the others are cut.
  void add_axes(const Box& box, Slice& slice) {
    std::vector<std::size_t> axes;
    for (std::size_t axis = 0; axis < box.rank(); ++axis) {
      if (box.upper[axis] - box.lower[axis] > 1) {
        axes.push_back(axis);
        continue;
      }
      slice.caption += ", " + axis_label(field_, axis) + " = " + rounded(places(axis, box)[0]) +
                       with_unit(field_.axes[axis].unit) + " [" + std::to_string(box.lower[axis]) + "]";
    }
    if (axes.empty()) axes.push_back(box.rank() - 1);
    slice.across = plot_axis(axes.back(), box);
    if (axes.size() > 1) slice.up = plot_axis(axes.front(), box);
  }

  std::vector<double> places(std::size_t axis, const Box& box) {
    return coordinates(file_, run_, field_.axes[axis], {box.lower[axis], box.upper[axis]});
  }
  PlotAxis plot_axis(std::size_t axis, const Box& box) {
    return {axis_label(field_, axis), field_.axes[axis].unit, places(axis, box)};
  }

  void read(std::int64_t step, const Box& box, std::vector<double>& values) {
    const auto components = static_cast<std::size_t>(std::int64_t{field_.components});
    std::vector<double> all(static_cast<std::size_t>(box.volume()) * components);
    file_.read(stored_, step, box, DataType::float64, all.data());
    for (std::size_t cell = 0; cell < all.size(); cell += components) {
      double value = all[cell];
      if (component_) {
        value = all[cell + static_cast<std::size_t>(*component_)];
      } else if (components > 1) {
        value = 0;
        for (std::size_t i = 0; i < components; ++i) value = std::hypot(value, all[cell + i]);
      }
      values.push_back(value);
    }
  }

  hdf5::InputFile& file_;
  const schema::StoredRun& run_;
  const schema::StoredField& stored_;
  const schema::Field& field_;
  std::optional<std::int64_t> component_;
};

}  // namespace

std::optional<ValueRange> range_of(const std::vector<double>& values) {
  std::optional<ValueRange> range;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    if (!range) range = ValueRange{value, value};
    range->least = std::min(range->least, value);
    range->most = std::max(range->most, value);
  }
  return range;
}

Slice cut(hdf5::InputFile& file, const schema::StoredRun& run, const schema::StoredField& field,
          const Selection& selection, std::optional<std::int64_t> component) {
  const Box box = chosen_box(file, run, field.field, selection);
  if (box.empty()) throw Error(ErrorCode::out_of_bounds, "field '" + field.field.name + "' has no cells");
  return Cutter(file, run, field, component).cut(box, selection);
}

Slice series(const schema::StoredRun& run, const schema::StoredScalar& scalar) {
  Slice slice;
  slice.caption = printable(schema::join(run.run.path, scalar.name) + with_unit(scalar.options.unit));
  slice.across = {"time", run.run.options.time_unit, run.times_of(scalar.options.time_axis)};
  slice.values = scalar.values;
  slice.values.resize(slice.across.places.size(), NAN);
  if (slice.values.empty()) throw Error(ErrorCode::out_of_bounds, run.described() + " has no step yet");
  return slice;
}

}  // namespace tessera::tools
