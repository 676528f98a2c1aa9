#pragma once

#include <array>
#include <cstdint>

#include "pack/pack.hpp"

namespace tessera::pack {

/// One axis of a strided copy, cut into blocks (the last one may be shorter). Strides in elements.
struct PlanAxis {
  std::int64_t extent = 1;
  std::int64_t source_stride = 0;
  std::int64_t target_stride = 0;
  std::int64_t block = 1;
  std::int64_t blocks() const noexcept { return (extent - 1) / block + 1; }
};

/// How a PackJob is run: the axes sorted and joined, and cut into units of work that are independent of each other.
///
/// `axes` starts with those that a unit has one element of and ends with the three of its inner loops: `middle`, the
/// axis that is fastest in the source, and the one that is fastest in the target. Where one axis is fastest on both
/// sides the unit copies rows, and the source's axis has extent 1; else it transposes.
struct PackPlan {
  static constexpr std::size_t axis_count = Index::capacity + 2;
  static constexpr std::size_t middle = axis_count - 3;
  static constexpr std::size_t source_fastest = axis_count - 2;
  static constexpr std::size_t target_fastest = axis_count - 1;

  const std::byte* source = nullptr;
  std::byte* target = nullptr;
  DataType source_type = DataType::float64;
  DataType target_type = DataType::float64;
  std::array<PlanAxis, axis_count> axes;
  std::int64_t units = 0;  ///< 0: nothing to copy
};

/// The plan for a job whose types are acceptable.
PackPlan make_plan(const PackJob& job);

/// Copies unit `number` of the plan's units. Different units may run at the same time.
void run_unit(const PackPlan& plan, std::int64_t number);

}  // namespace tessera::pack
