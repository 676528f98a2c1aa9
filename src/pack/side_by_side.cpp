#include "pack/side_by_side.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/convert.hpp"
#include "pack/copy_elements.hpp"
#include "pack/pack_plan.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tessera::pack {

namespace {

/// One job's next row.
struct Row {
  const std::byte* source;
  std::byte* target;
  std::int64_t extent;
};

bool has_contiguous_rows(const PackPlan& plan) {
  const PlanAxis& row = plan.axes[PackPlan::target_fastest];
  return plan.units > 0 && plan.axes[PackPlan::source_fastest].extent == 1 && row.source_stride == 1 &&
         row.target_stride == 1;
}

bool go_together(const PackPlan& a, const PackPlan& b) {
  return a.source_type == b.source_type && a.target_type == b.target_type &&
         can_convert(b.source_type, b.target_type) && has_contiguous_rows(b) &&
         std::equal(a.axes.begin(), a.axes.begin() + PackPlan::source_fastest, b.axes.begin(),
                    [](const PlanAxis& x, const PlanAxis& y) {
                      return x.extent == y.extent && x.source_stride == y.source_stride &&
                             x.target_stride == y.target_stride;
                    });
}

#ifdef __SSE2__

constexpr std::size_t cache_line = 64;

/// Whole cache lines: parts of one would be read to be written.
bool can_be_streamed(const Row& row, std::size_t bytes) {
  return bytes % cache_line == 0 && reinterpret_cast<std::uintptr_t>(row.target) % cache_line == 0;
}

void stream(const std::byte* source, std::byte* target, std::size_t bytes) noexcept {
  constexpr std::size_t vectors = cache_line / sizeof(__m128i);
  for (std::size_t at = 0; at < bytes; at += cache_line) {
    __m128i line[vectors];
    std::memcpy(line, source + at, cache_line);
    auto* const out = reinterpret_cast<__m128i*>(target + at);
    for (std::size_t i = 0; i < vectors; ++i) _mm_stream_si128(out + i, line[i]);
  }
}

/// Streamed stores are ordered with no others.
void end_streaming() noexcept { _mm_sfence(); }

#else

bool can_be_streamed(const Row&, std::size_t) { return false; }
void stream(const std::byte*, std::byte*, std::size_t) noexcept {}
void end_streaming() noexcept {}

#endif

template <class From, class To>
void copy(const Row& row, Stores stores) noexcept {
  const std::size_t bytes = static_cast<std::size_t>(row.extent) * sizeof(To);
  if (std::is_same_v<From, To> && stores == Stores::streamed && can_be_streamed(row, bytes)) {
    stream(row.source, row.target, bytes);
  } else {
    copy_contiguous<From, To>(row.source, row.target, row.extent);
  }
}

/// The rows of all jobs, one after the other on the slowest axis that is left.
template <class From, class To>
void run(std::span<Row> rows, std::span<const PlanAxis> outer, Stores stores) noexcept {
  if (outer.empty()) {
    for (const Row& row : rows) copy<From, To>(row, stores);
    return;
  }
  const PlanAxis& axis = outer.front();
  const auto move = [&](std::int64_t steps) {
    for (Row& row : rows) {
      row.source += steps * axis.source_stride * std::int64_t{sizeof(From)};
      row.target += steps * axis.target_stride * std::int64_t{sizeof(To)};
    }
  };
  for (std::int64_t i = 0; i < axis.extent; ++i) {
    run<From, To>(rows, outer.subspan(1), stores);
    move(1);
  }
  move(-axis.extent);
}

}  // namespace

bool pack_side_by_side(std::span<const PackJob> jobs, Stores stores) {
  std::vector<PackPlan> plans;
  std::vector<Row> rows;
  plans.reserve(jobs.size());
  rows.reserve(jobs.size());
  for (const PackJob& job : jobs) {
    const PackPlan& plan = plans.emplace_back(make_plan(job));
    if (!go_together(plans.front(), plan)) return false;
    rows.push_back({plan.source, plan.target, plan.axes[PackPlan::target_fastest].extent});
  }
  if (rows.empty()) return true;
  const PackPlan& first = plans.front();
  // Axes of one element are no loop.
  std::vector<PlanAxis> outer;
  for (const PlanAxis& axis : std::span(first.axes).first<PackPlan::source_fastest>()) {
    if (axis.extent > 1) outer.push_back(axis);
  }
  run_with_types(first.source_type, first.target_type,
                 [&]<class From, class To>() { run<From, To>(rows, outer, stores); });
  if (stores == Stores::streamed) end_streaming();
  return true;
}

}  // namespace tessera::pack
