#include <algorithm>
#include <cstring>
#include <type_traits>

#include "pack/pack_plan.hpp"

namespace tessera::pack {

namespace {

// memcpy of one element is one load or store, for memory of any type and alignment.
template <class T>
T load(const std::byte* address) noexcept {
  T value;
  std::memcpy(&value, address, sizeof(T));
  return value;
}

template <class T>
void store(std::byte* address, T value) noexcept {
  std::memcpy(address, &value, sizeof(T));
}

/// What a unit covers: its first element on both sides and its extents; strides in bytes.
struct Unit {
  const std::byte* source;
  std::byte* target;
  struct Edge {
    std::int64_t extent;
    std::int64_t source_step;
    std::int64_t target_step;
  };
  Edge middle;
  Edge in_source;
  Edge in_target;
};

Unit locate(const PackPlan& plan, std::int64_t number) {
  const auto source_bytes = static_cast<std::int64_t>(size_of(plan.source_type));
  const auto target_bytes = static_cast<std::int64_t>(size_of(plan.target_type));
  std::int64_t source_offset = 0;
  std::int64_t target_offset = 0;
  std::array<Unit::Edge, PackPlan::axis_count> edges;
  // The middle axis counts fastest: neighbouring units then touch the same pages on both sides.
  const auto locate_on = [&](std::size_t axis_number) {
    const PlanAxis& axis = plan.axes[axis_number];
    const std::int64_t first = number % axis.blocks() * axis.block;
    number /= axis.blocks();
    source_offset += first * axis.source_stride;
    target_offset += first * axis.target_stride;
    edges[axis_number] = {std::min(axis.block, axis.extent - first), axis.source_stride * source_bytes,
                          axis.target_stride * target_bytes};
  };
  locate_on(PackPlan::middle);
  locate_on(PackPlan::source_fastest);
  locate_on(PackPlan::target_fastest);
  for (std::size_t axis = PackPlan::middle; axis-- > 0;) locate_on(axis);
  return {plan.source + source_offset * source_bytes, plan.target + target_offset * target_bytes,
          edges[PackPlan::middle], edges[PackPlan::source_fastest], edges[PackPlan::target_fastest]};
}

template <class From, class To>
void copy_row(const std::byte* source, std::byte* target, const Unit::Edge& edge) {
  const bool dense = edge.source_step == sizeof(From) && edge.target_step == sizeof(To);
  if (dense && std::is_same_v<From, To> && edge.extent >= 8) {
    std::memcpy(target, source, static_cast<std::size_t>(edge.extent) * sizeof(To));
  } else if (dense) {
    for (std::int64_t i = 0; i < edge.extent; ++i) {
      store(target + i * std::int64_t{sizeof(To)},
            static_cast<To>(load<From>(source + i * std::int64_t{sizeof(From)})));
    }
  } else {
    for (std::int64_t i = 0; i < edge.extent; ++i) {
      store(target + i * edge.target_step, static_cast<To>(load<From>(source + i * edge.source_step)));
    }
  }
}

/// Through a buffer in the first-level cache, so that source and target are both walked along their fast axes.
template <class From, class To>
void transpose_tile(const std::byte* source, std::byte* target, const Unit& unit) {
  To tile[tile_edge * tile_edge];
  const bool dense = unit.in_source.source_step == sizeof(From) && unit.in_target.target_step == sizeof(To);
  const auto transpose = [&](std::int64_t source_step, std::int64_t target_step) {
    for (std::int64_t t = 0; t < unit.in_target.extent; ++t) {
      const std::byte* row = source + t * unit.in_target.source_step;
      for (std::int64_t s = 0; s < unit.in_source.extent; ++s) {
        tile[t * tile_edge + s] = static_cast<To>(load<From>(row + s * source_step));
      }
    }
    for (std::int64_t s = 0; s < unit.in_source.extent; ++s) {
      std::byte* row = target + s * unit.in_source.target_step;
      for (std::int64_t t = 0; t < unit.in_target.extent; ++t) store(row + t * target_step, tile[t * tile_edge + s]);
    }
  };
  if (dense) {
    transpose(sizeof(From), sizeof(To));
  } else {
    transpose(unit.in_source.source_step, unit.in_target.target_step);
  }
}

template <class From, class To>
void run(const Unit& unit, bool rows) {
  for (std::int64_t m = 0; m < unit.middle.extent; ++m) {
    const std::byte* source = unit.source + m * unit.middle.source_step;
    std::byte* target = unit.target + m * unit.middle.target_step;
    if (rows) {
      copy_row<From, To>(source, target, unit.in_target);
    } else {
      transpose_tile<From, To>(source, target, unit);
    }
  }
}

}  // namespace

void run_unit(const PackPlan& plan, std::int64_t number) {
  const Unit unit = locate(plan, number);
  const bool rows = plan.axes[PackPlan::source_fastest].extent == 1;
  if (plan.source_type != plan.target_type) return run<double, float>(unit, rows);
  switch (size_of(plan.source_type)) {
    case 1: return run<std::uint8_t, std::uint8_t>(unit, rows);
    case 2: return run<std::uint16_t, std::uint16_t>(unit, rows);
    case 4: return run<std::uint32_t, std::uint32_t>(unit, rows);
    default: return run<std::uint64_t, std::uint64_t>(unit, rows);
  }
}

}  // namespace tessera::pack
