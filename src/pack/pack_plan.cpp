#include "pack/pack_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <vector>

namespace tessera::pack {

namespace {

/// Bytes of one unit of work: large against the cost of a unit, small against the share of a thread.
constexpr std::int64_t unit_bytes = 256 << 10;
/// Edge of a transposition in elements: its rows together take part of a common second-level cache.
constexpr std::int64_t transposed_edge = 256;

std::vector<PlanAxis> sorted_axes(const PackJob& job) {
  std::vector<PlanAxis> axes;
  for (std::size_t axis = 0; axis < job.extents.size(); ++axis) {
    if (job.extents[axis] == 1) continue;
    axes.push_back({job.extents[axis], job.source_strides[axis], job.target_strides[axis], 1});
  }
  std::ranges::stable_sort(axes, std::greater<>(), [](const PlanAxis& axis) { return std::abs(axis.target_stride); });
  return axes;
}

/// Makes one axis of neighbours that together are one axis on both sides.
void join(std::vector<PlanAxis>& axes) {
  for (std::size_t inner = axes.size(); inner-- > 1;) {
    PlanAxis& outer = axes[inner - 1];
    const PlanAxis& axis = axes[inner];
    if (outer.source_stride != axis.source_stride * axis.extent) continue;
    if (outer.target_stride != axis.target_stride * axis.extent) continue;
    outer = {outer.extent * axis.extent, axis.source_stride, axis.target_stride, 1};
    axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(inner));
  }
}

PlanAxis taken(std::vector<PlanAxis>& axes, std::size_t number) {
  if (number >= axes.size()) return {};
  const PlanAxis axis = axes[number];
  axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(number));
  return axis;
}

/// A stride of 0 is no way through the source: it counts as the slowest.
std::size_t fastest_in_source(const std::vector<PlanAxis>& axes) {
  const auto stride = [](const PlanAxis& axis) {
    return axis.source_stride == 0 ? std::numeric_limits<std::int64_t>::max() : std::abs(axis.source_stride);
  };
  return static_cast<std::size_t>(std::ranges::min_element(axes, {}, stride) - axes.begin());
}

}  // namespace

PackPlan make_plan(const PackJob& job) {
  PackPlan plan;
  plan.source = static_cast<const std::byte*>(job.source);
  plan.target = static_cast<std::byte*>(job.target);
  plan.source_type = job.source_type;
  plan.target_type = job.target_type;
  if (std::ranges::any_of(job.extents, [](std::int64_t extent) { return extent <= 0; })) return plan;

  std::vector<PlanAxis> axes = sorted_axes(job);
  join(axes);
  const std::size_t in_source = fastest_in_source(axes);
  const bool rows = axes.empty() || in_source + 1 == axes.size();
  PlanAxis& in_target_axis = plan.axes[PackPlan::target_fastest];
  PlanAxis& in_source_axis = plan.axes[PackPlan::source_fastest];
  PlanAxis& middle_axis = plan.axes[PackPlan::middle];
  if (axes.empty()) axes.push_back({});
  in_target_axis = taken(axes, axes.size() - 1);
  if (!rows) in_source_axis = taken(axes, in_source);
  if (!axes.empty()) middle_axis = taken(axes, axes.size() - 1);

  const auto bytes = static_cast<std::int64_t>(size_of(job.target_type));
  in_target_axis.block = rows ? std::min(in_target_axis.extent, unit_bytes / bytes) : transposed_edge;
  in_source_axis.block = rows ? 1 : transposed_edge;
  const std::int64_t inner_bytes = bytes * std::min(in_target_axis.block, in_target_axis.extent) *
                                   std::min(in_source_axis.block, in_source_axis.extent);
  middle_axis.block = std::clamp<std::int64_t>(unit_bytes / inner_bytes, 1, middle_axis.extent);
  std::ranges::copy_backward(axes, plan.axes.begin() + PackPlan::middle);
  plan.units = 1;
  for (const PlanAxis& axis : plan.axes) plan.units *= axis.blocks();
  return plan;
}

}  // namespace tessera::pack
