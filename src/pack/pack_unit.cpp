#include <algorithm>
#include <cstring>

#include "pack/copy_elements.hpp"
#include "pack/pack_plan.hpp"

namespace tessera::pack {

namespace {

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
  if (dense) return copy_contiguous<From, To>(source, target, edge.extent);
  for (std::int64_t i = 0; i < edge.extent; ++i) {
    store(target + i * edge.target_step, as<To>(load<From>(source + i * edge.source_step)));
  }
}

/// An edge cut down to the piece that begins at `first` and is at most `length` long.
Unit::Edge piece(Unit::Edge edge, std::int64_t first, std::int64_t length) {
  edge.extent = std::min(length, edge.extent - first);
  return edge;
}

/// Copies `Edge` x `Edge` elements whose axes are dense on one side each. All is read before anything is written, so
/// that strides of a power of two, which share few cache sets, do little harm.
template <class From, class To, int Edge>
void transpose_square(const std::byte* source, std::int64_t source_step, std::byte* target, std::int64_t target_step) {
  From square[Edge][Edge];
  for (int t = 0; t < Edge; ++t) std::memcpy(square[t], source + t * source_step, sizeof(square[t]));
  for (int s = 0; s < Edge; ++s) {
    To row[Edge];
    for (int t = 0; t < Edge; ++t) row[t] = as<To>(square[t][s]);
    std::memcpy(target + s * target_step, row, sizeof(row));
  }
}

/// The rest at the edges, and axes that are not dense.
template <class From, class To>
void transpose_any(const std::byte* source, std::byte* target, const Unit::Edge& in_source,
                   const Unit::Edge& in_target) {
  for (std::int64_t s = 0; s < in_source.extent; ++s) {
    for (std::int64_t t = 0; t < in_target.extent; ++t) {
      store(target + s * in_source.target_step + t * in_target.target_step,
            as<To>(load<From>(source + s * in_source.source_step + t * in_target.source_step)));
    }
  }
}

/// Calls `visit` with each tile of at most `edge` x `edge` elements: its place on both sides and its extents.
template <class Visit>
void for_each_tile(const std::byte* source, std::byte* target, const Unit::Edge& outer, const Unit::Edge& inner,
                   std::int64_t edge, const Visit& visit) {
  for (std::int64_t o = 0; o < outer.extent; o += edge) {
    for (std::int64_t i = 0; i < inner.extent; i += edge) {
      visit(source + o * outer.source_step + i * inner.source_step,
            target + o * outer.target_step + i * inner.target_step, piece(outer, o, edge), piece(inner, i, edge));
    }
  }
}

/// Squares in tiles: a tile's cache lines and pages stay at hand while its squares are copied.
template <class From, class To>
void transpose(const std::byte* source, std::byte* target, const Unit& unit) {
  constexpr std::int64_t tile_edge = 32;
  constexpr int square_edge = 8;
  const bool dense = unit.in_source.source_step == sizeof(From) && unit.in_target.target_step == sizeof(To);
  const auto copy_square = [&](const std::byte* from, std::byte* to, const Unit::Edge& t, const Unit::Edge& s) {
    if (dense && s.extent == square_edge && t.extent == square_edge) {
      transpose_square<From, To, square_edge>(from, t.source_step, to, s.target_step);
    } else {
      transpose_any<From, To>(from, to, s, t);
    }
  };
  const auto copy_tile = [&](const std::byte* from, std::byte* to, const Unit::Edge& s, const Unit::Edge& t) {
    for_each_tile(from, to, t, s, square_edge, copy_square);
  };
  for_each_tile(source, target, unit.in_source, unit.in_target, tile_edge, copy_tile);
}

/// Rows that lie apart are short to the hardware, which does not see the next one coming: it is asked for this far
/// ahead.
constexpr std::int64_t bytes_ahead = 4096;
constexpr std::int64_t cache_line = 64;

void prefetch([[maybe_unused]] const std::byte* row, [[maybe_unused]] std::int64_t bytes) noexcept {
#ifdef __GNUC__
  for (std::int64_t at = 0; at < bytes; at += cache_line) __builtin_prefetch(row + at);
#endif
}

template <class From, class To>
void run(const Unit& unit, bool rows) {
  const std::int64_t row_bytes = unit.in_target.extent * unit.in_target.source_step;
  const bool short_rows = rows && unit.in_target.source_step == sizeof(From) && row_bytes <= bytes_ahead;
  const std::int64_t ahead = short_rows ? (bytes_ahead - 1) / row_bytes + 1 : 0;
  for (std::int64_t m = 0; m < unit.middle.extent; ++m) {
    const std::byte* source = unit.source + m * unit.middle.source_step;
    std::byte* target = unit.target + m * unit.middle.target_step;
    if (short_rows && m + ahead < unit.middle.extent) prefetch(source + ahead * unit.middle.source_step, row_bytes);
    if (rows) {
      copy_row<From, To>(source, target, unit.in_target);
    } else {
      transpose<From, To>(source, target, unit);
    }
  }
}

}  // namespace

void run_unit(const PackPlan& plan, std::int64_t number) {
  const Unit unit = locate(plan, number);
  const bool rows = plan.axes[PackPlan::source_fastest].extent == 1;
  run_with_types(plan.source_type, plan.target_type, [&]<class From, class To>() { run<From, To>(unit, rows); });
}

}  // namespace tessera::pack
