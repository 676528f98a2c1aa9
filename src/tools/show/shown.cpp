#include "tools/show/shown.hpp"

#include <tessera/error.hpp>

namespace tessera::tools {

std::vector<std::size_t> Shown::long_axes() const {
  std::vector<std::size_t> axes;
  const Index extents = box.extents();
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (extents[axis] > 1) axes.push_back(axis);
  }
  return axes;
}

Shown chosen(hdf5::InputFile& file, const schema::StoredRun& run, const schema::StoredField& field,
             const Selection& selection) {
  Shown shown;
  shown.run = &run;
  shown.field = &field;
  shown.box = chosen_box(file, run, field.field, selection);
  if (field.field.time_dependent) {
    shown.steps = chosen_steps(run, field.field.time_axis, selection, shown.box.volume() == 1 ? ":" : "-1");
    if (shown.place(shown.steps.back()) >= field.steps) {
      throw Error(ErrorCode::out_of_bounds, "field '" + field.field.name + "' has " + std::to_string(field.steps) +
                                                " steps; there is no " + std::to_string(shown.steps.back()));
    }
  } else {
    if (!selection.step.empty() || !selection.time.empty()) {
      throw Error(ErrorCode::invalid_argument,
                  "field '" + field.field.name + "' has no steps: leave out --step and --time");
    }
    shown.steps = {0};
  }
  for (std::size_t axis = 0; axis < shown.box.rank(); ++axis) {
    shown.coordinates.push_back(
        coordinates(file, run, field.field.axes[axis], {shown.box.lower[axis], shown.box.upper[axis]}));
  }
  return shown;
}

}  // namespace tessera::tools
