#include "schema/array_rules.hpp"

#include <algorithm>
#include <utility>

#include <tessera/error.hpp>

#include "base/extents.hpp"
#include "base/refuse.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "schema/tensor_axes.hpp"

namespace tessera::schema {

namespace {

/// One width per axis and side; a single one serves all axes.
Index widths_per_axis(const Field& field, const Index& widths, std::size_t axes) {
  if (widths.empty()) return Index::filled(axes, 0);
  if (widths.size() != 1 && widths.size() != axes) {
    refuse(ErrorCode::shape_mismatch, described(field) + ": the halo " + to_string(widths) +
                                          " needs one width per axis (" + std::to_string(axes) + "), or one for all");
  }
  for (const std::int64_t width : widths) {
    if (width < 0) {
      refuse(ErrorCode::shape_mismatch,
             described(field) + ": the halo " + to_string(widths) + " has a negative width; 0 means no ghost layer");
    }
  }
  return widths.size() == axes ? widths : Index::filled(axes, widths[0]);
}

/// The extents that the array has to have: box plus halo, then components. \param has_all_axes of a tensor both of them
Index wanted_extents(const Field& field, const Box& box, const Halo& halo, bool has_all_axes) {
  Index extents = box.extents();
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    extents[axis] = saturating_sum(saturating_sum(extents[axis], halo.low[axis]), halo.high[axis]);
  }
  if (has_all_axes) {
    for (const std::int64_t extent : field.component_extents()) extents.push_back(extent);
  } else if (field.components > 1) {
    extents.push_back(field.components);
  }
  return extents;
}

/// How else the array may end.
std::string both_axes_text(const Field& field) {
  return field.tensor_axes.empty() ? "" : ", the components perhaps as " + components_text(field);
}

void check_extents(const Field& field, const Box& box, const detail::AnyArray& array, const Index& wanted) {
  if (array.extents == wanted && array.strides.size() == wanted.size()) return;
  refuse(ErrorCode::shape_mismatch,
         described(field) + ": the array has the extents " + to_string(array.extents) + ", but the box " +
             to_string(box) + " with halo " + to_string(array.halo.low) + " below and " + to_string(array.halo.high) +
             " above" + (field.components > 1 ? " and the components" : "") + " needs " + to_string(wanted) +
             both_axes_text(field) + "; check the axis order (slowest first) and with_halo");
}

/// Of memory without extents of its own.
void check_count(const Field& field, const Box& box, const detail::AnyArray& array, const Index& wanted) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : wanted) elements = saturating_product(elements, extent);
  if (!array.count || *array.count == elements) return;
  refuse(ErrorCode::shape_mismatch,
         described(field) + ": the container has " + std::to_string(*array.count) + " elements, but the box " +
             to_string(box) + " with its halo" + (field.components > 1 ? " and components" : "") + " needs " +
             std::to_string(elements) + " for the extents " + to_string(wanted) + "; check the box and with_halo");
}

}  // namespace

namespace {

/// Each of them, as of a field of its own.
void resolve_parts(const Field& field, const Box& box, std::vector<detail::AnyArray>& parts) {
  if (std::ssize(parts) != field.components) {
    refuse(ErrorCode::shape_mismatch, described(field) + " has " + std::to_string(field.components) +
                                          (field.components == 1 ? " component" : " components") + ", but " +
                                          std::to_string(parts.size()) + (parts.size() == 1 ? " array" : " arrays") +
                                          " of components were put; put one array for each");
  }
  Field component = field;
  component.components = 1;
  component.tensor_axes.clear();
  for (std::size_t number = 0; number < parts.size(); ++number) {
    component.name = field.name + " (component " + std::to_string(number) + ")";
    parts[number] = resolved(component, box, std::move(parts[number]));
  }
}

}  // namespace

std::string described(const Field& field) {
  return "field " + in_quotes(field.name) + " of " +
         (field.run == "/" ? std::string("the root group") : "run " + in_quotes(field.run));
}

void check_box(const Field& field, const Box& box) {
  const Index shape = field.shape();
  const std::string what = described(field) + ": the box " + to_string(box);
  if (box.lower.size() != shape.size() || box.upper.size() != shape.size()) {
    refuse(ErrorCode::invalid_argument,
           what + " needs one range per axis of the field, whose shape is " + to_string(shape));
  }
  const Box whole = Box::at(Index::filled(shape.size(), 0), shape);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (box.lower[axis] > box.upper[axis]) {
      refuse(ErrorCode::invalid_argument,
             what + " ends before it begins; the lower bound comes first, the upper is exclusive");
    }
    if (box.lower[axis] < 0 || box.upper[axis] > whole.upper[axis]) {
      refuse(ErrorCode::out_of_bounds,
             what + " reaches outside " + to_string(whole) + "; give the owned cells without halo, in global indices");
    }
  }
}

detail::AnyArray resolved(const Field& field, const Box& box, detail::AnyArray array) {
  if (!array.parts.empty()) {
    resolve_parts(field, box, array.parts);
    return array;
  }
  if (!array.defect.empty()) refuse(ErrorCode::not_initialized, described(field) + ": " + array.defect);
  array.halo.low = widths_per_axis(field, array.halo.low, box.rank());
  array.halo.high = widths_per_axis(field, array.halo.high, box.rank());
  const bool has_all_axes = array.extents.size() == box.rank() + field.tensor_axes.size();
  const Index wanted = wanted_extents(field, box, array.halo, has_all_axes);
  if (array.extents.empty()) {
    check_count(field, box, array, wanted);
    array.extents = wanted;
    array.strides = row_major_strides(wanted);
  }
  check_extents(field, box, array, wanted);
  if (array.data == nullptr && !box.empty()) {
    refuse(ErrorCode::invalid_argument, described(field) + ": the array of the box " + to_string(box) +
                                            " is a null pointer; a rank without data makes no put");
  }
  return array;
}

std::int64_t offset_of(const Index& cell, const Box& box, const detail::AnyArray& array) noexcept {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < box.rank(); ++axis) {
    offset += (cell[axis] - box.lower[axis] + array.halo.low[axis]) * array.strides[axis];
  }
  return offset;
}

void add_component_axes(const detail::AnyArray& array, std::size_t rank, Index& extents, Index& strides) {
  const Index own(array.extents.begin() + std::min(rank, array.extents.size()), array.extents.end());
  const Index own_strides = row_major_strides(own);
  for (std::size_t axis = 0; axis < own.size(); ++axis) {
    extents.push_back(own[axis]);
    strides.push_back(own_strides[axis]);
  }
}

detail::DeviceMemory::Part owned_part(const Box& box, const detail::AnyArray& array) {
  detail::DeviceMemory::Part part{array.halo.low, box.extents()};
  for (std::size_t axis = box.rank(); axis < array.extents.size(); ++axis) {
    part.first.push_back(0);
    part.extents.push_back(array.extents[axis]);
  }
  return part;
}

}  // namespace tessera::schema
