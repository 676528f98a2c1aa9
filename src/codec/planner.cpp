#include "codec/planner.hpp"

#include <algorithm>
#include <cmath>

#include "codec/plan_search.hpp"

namespace tessera::codec {

namespace {

/// Twice the reach of deflate's matches.
constexpr std::size_t sample_bytes = 64 << 10;
constexpr std::uint64_t longest_pause = 128;  // chunks between trials
constexpr std::uint64_t shortest_pause = 4;
/// Every so often a plane that is stored because it looks random is compressed, to see whether it has repeats by now.
constexpr std::uint64_t repeats_pause = 8;
constexpr double drift = 0.1;
/// Not worth compressing.
constexpr double incompressible = 0.985;

/// A part of the plane; another one in each trial.
std::span<const std::byte> sample_of(std::span<const std::byte> plane, std::uint64_t trial) noexcept {
  if (plane.size() <= sample_bytes) return plane;
  constexpr double golden_ratio = 0.6180339887498949;
  const double position = std::fmod(0.4 + static_cast<double>(trial) * golden_ratio, 1.0);
  const auto first = static_cast<std::size_t>(position * static_cast<double>(plane.size() - sample_bytes));
  return plane.subspan(first, sample_bytes);
}

PlaneEstimate estimate_of_constant(std::size_t candidates) noexcept {
  PlaneEstimate estimate;
  constexpr double size = 0.001;
  estimate.reference = size;
  std::fill_n(estimate.sizes.begin(), candidates, size);
  estimate.sizes[0] = 1;  // stored
  return estimate;
}

void mix(PlaneEstimate& old, const PlaneEstimate& fresh) noexcept {
  if (old.known) {
    for (std::size_t i = 0; i < old.sizes.size(); ++i) old.sizes[i] = (old.sizes[i] + fresh.sizes[i]) / 2;
    old.reference = (old.reference + fresh.reference) / 2;
    old.random = fresh.random;
  } else {
    old = fresh;
  }
}

}  // namespace

double Planner::size_with(Method method, bool last, std::span<const std::byte> sample) {
  if (method == stored) return 1;
  scratch_.resize(sample.size() + 1024);
  const std::size_t size = compressors_.of(method.library).compress(sample, method, last, scratch_);
  return size == 0 ? 1.01 : static_cast<double>(size) / static_cast<double>(sample.size());
}

PlaneEstimate Planner::try_plane(std::span<const std::byte> sample, PlaneKind kind) {
  PlaneEstimate estimate;
  estimate.known = true;
  estimate.random = kind == PlaneKind::random;
  estimate.sizes.fill(1.01);
  estimate.sizes[0] = 1;
  if (estimate.random && size_with(effort_.for_repeats, false, sample) > incompressible) return estimate;

  std::size_t candidate = 0;
  for (const Method method : effort_.methods) estimate.sizes[candidate++] = size_with(method, false, sample);
  for (const Method method : effort_.tail_methods) estimate.sizes[candidate++] = size_with(method, true, sample);
  const double smallest = *std::min_element(estimate.sizes.begin(), estimate.sizes.begin() + static_cast<int>(candidate));
  estimate.reference = effort_.against_zlib ? std::min(1.0, size_with(zlib_method(4), false, sample)) : smallest;
  return estimate;
}

void Planner::try_all(const Planes& planes, FieldMemory& memory) {
  std::array<PlaneEstimate, max_planes> estimates;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (planes.kind(plane) != PlaneKind::constant) {
      mix(memory.estimates[plane], try_plane(sample_of(planes[plane], memory.trials), planes.kind(plane)));
    }
    estimates[plane] = memory.estimates[plane].known
                           ? memory.estimates[plane]
                           : estimate_of_constant(effort_.methods.size() + effort_.tail_methods.size());
  }
  memory.plan = find_plan(std::span(estimates).first(planes.count()), effort_);
  memory.last_trial = memory.chunks;
  memory.next_trial = memory.chunks + std::min(longest_pause, 3 * memory.chunks + shortest_pause);
  memory.surprised = false;
  ++memory.trials;
}

Method Planner::method_for(const Planes& planes, std::size_t plane, const FieldMemory& memory) const noexcept {
  const PlaneEstimate& estimate = memory.estimates[plane];
  const bool look_for_repeats = memory.chunks % repeats_pause == repeats_pause - 1;
  switch (planes.kind(plane)) {
    case PlaneKind::constant: return effort_.for_constants;
    case PlaneKind::random:
      if (!estimate.known || (estimate.random && look_for_repeats)) return effort_.usual;
      return estimate.random ? memory.plan.methods[plane] : stored;
    default:
      return estimate.known && !(estimate.random && memory.plan.methods[plane] == stored) ? memory.plan.methods[plane]
                                                                                          : effort_.usual;
  }
}

Plan Planner::plan(const Planes& planes, FieldMemory& memory) {
  const bool may_try = memory.trials == 0 || memory.chunks >= memory.last_trial + shortest_pause;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    const bool usable = memory.estimates[plane].known && !memory.estimates[plane].random;
    if (planes.kind(plane) == PlaneKind::mixed && !usable) memory.surprised = true;
  }
  if (memory.chunks >= memory.next_trial || (memory.surprised && may_try)) try_all(planes, memory);

  Plan result;
  result.tail = std::min(memory.plan.tail, planes.count());
  result.tail_method = memory.plan.tail_method;
  const auto worth_it = [&](std::size_t plane) {
    return planes.kind(plane) == PlaneKind::mixed ||
           (planes.kind(plane) == PlaneKind::random && memory.estimates[plane].random);
  };
  while (result.tail < planes.count() && !worth_it(result.tail)) ++result.tail;
  for (std::size_t plane = 0; plane < result.tail; ++plane) result.methods[plane] = method_for(planes, plane, memory);
  ++memory.chunks;
  return result;
}

void Planner::note_size(std::size_t plane, Method method, double size, FieldMemory& memory) const noexcept {
  const auto found = std::ranges::find(effort_.methods, method);
  if (found == effort_.methods.end()) return;
  const PlaneEstimate& estimate = memory.estimates[plane];
  const double expected = estimate.sizes[static_cast<std::size_t>(found - effort_.methods.begin())];
  if (!estimate.known || std::abs(size - std::min(1.0, expected)) > drift) memory.surprised = true;
}

}  // namespace tessera::codec
