#include "codec/planner.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "codec/plan_search.hpp"

namespace tessera::codec {

namespace {

/// Parts of the encoding time that trials may take.
constexpr double share_for_young = 0.25;
constexpr double share_for_known = 0.05;
constexpr std::uint32_t young = 4;  // trials
/// A plane whose size is off by this much of its raw size has changed.
constexpr double change = 0.1;
/// How fast sizes follow what chunks turn out to be, and how often plans follow the sizes.
constexpr double correction = 0.125;
constexpr std::uint32_t plan_lifetime = 8;  // chunks
/// Per byte of a chunk, besides the methods: shuffle, checksum.
constexpr double fixed_ns = 0.3;

/// The mean of the first trials; later ones count as much as each of those.
void mix(PlaneEstimate& old, const PlaneEstimate& fresh) noexcept {
  PlaneEstimate result = fresh;
  result.trials = old.trials + 1;
  const float weight = 1 / static_cast<float>(std::min(result.trials, young));
  for (std::size_t i = 0; i < result.sizes.size(); ++i) result.sizes[i] = std::lerp(old.sizes[i], fresh.sizes[i], weight);
  result.reference = std::lerp(old.reference, fresh.reference, weight);
  old = result;
}

/// Sizes of all candidates follow the one that was seen.
void scale(PlaneEstimate& estimate, double factor) noexcept {
  const double bounded = std::clamp(factor, 0.5, 2.0);
  const auto scaled = [&](float size) {
    return size >= 1 ? size : std::min(1.0F, static_cast<float>(size * (1 + correction * (bounded - 1))));
  };
  for (float& size : estimate.sizes) size = scaled(size);
  estimate.reference = scaled(estimate.reference);
}

/// The size that a chunk may have, in parts of a plane: close to the reference as long as little is known.
double allowed_size(std::span<const PlaneEstimate> estimates, const Effort& effort) noexcept {
  double reference = 0;
  std::uint32_t trials = young;
  for (const PlaneEstimate& estimate : estimates) {
    reference += estimate.reference;
    if (estimate.trials > 0) trials = std::min(trials, estimate.trials);
  }
  const bool small = reference < static_cast<double>(estimates.size()) / 8;
  const double share = small ? effort.share_of_small : effort.share;
  const double margin = (1 - share) * (0.5 + 0.5 * trials / young);
  return reference / (1 - margin);
}

}  // namespace

void Planner::try_plane(const Planes& planes, std::size_t plane, FieldMemory& memory) {
  PlaneEstimate& estimate = memory.estimates[plane];
  mix(estimate, trial_.run(planes[plane], estimate.trials));
  estimate.tried_at = memory.chunks;
  memory.trial_ns += trial_.take_ns();
  memory.plans = {};
}

void Planner::try_new(const Planes& planes, FieldMemory& memory) {
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (planes.kind(plane) == PlaneKind::mixed && memory.estimates[plane].trials == 0) try_plane(planes, plane, memory);
  }
}

void Planner::try_again(const Planes& planes, FieldMemory& memory) {
  const auto urgency = [&](std::size_t plane) {
    const PlaneEstimate& estimate = memory.estimates[plane];
    return std::tuple(estimate.trials < young, estimate.surprising, memory.chunks - estimate.tried_at);
  };
  std::size_t best = planes.count();
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (planes.kind(plane) != PlaneKind::mixed) continue;
    if (best == planes.count() || urgency(plane) > urgency(best)) best = plane;
  }
  if (best == planes.count() || memory.estimates[best].tried_at == memory.chunks) return;
  const double share = memory.estimates[best].trials < young ? share_for_young : share_for_known;
  if (memory.trial_ns <= share * memory.encoding_ns) try_plane(planes, best, memory);
}

/// Its number among the candidates.
std::size_t Planner::candidate(Method method) const noexcept {
  return static_cast<std::size_t>(std::ranges::find(effort_.methods, method) - effort_.methods.begin());
}

PlaneEstimate Planner::estimate_of(const Planes& planes, std::size_t plane, const FieldMemory& memory) const noexcept {
  constexpr float of_constants = 0.001F;
  if (planes.kind(plane) == PlaneKind::mixed) return memory.estimates[plane];
  PlaneEstimate estimate;
  estimate.reference = planes.kind(plane) == PlaneKind::constant ? of_constants : 1;
  estimate.sizes.fill(estimate.reference);
  return estimate;
}

Plan Planner::find(const Planes& planes, const FieldMemory& memory) const noexcept {
  std::array<PlaneEstimate, max_planes> all;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) all[plane] = estimate_of(planes, plane, memory);
  const std::span<const PlaneEstimate> estimates = std::span(all).first(planes.count());
  Plan plan = find_plan(estimates, effort_.methods, allowed_size(estimates, effort_));
  // Of a plane that is always stored nothing more would be learnt.
  const bool look = memory.chunks % (4 * plan_lifetime) == plan_lifetime;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    switch (planes.kind(plane)) {
      case PlaneKind::constant: plan[plane] = effort_.for_constants; break;
      case PlaneKind::random: plan[plane] = stored; break;
      case PlaneKind::mixed: plan[plane] = look && plan[plane] == stored ? effort_.usual : plan[plane];
    }
  }
  return plan;
}

Plan Planner::recall_or_find(const Planes& planes, FieldMemory& memory) const noexcept {
  if (memory.chunks % plan_lifetime <= 1) memory.plans = {};
  const std::uint32_t pattern = planes.pattern();
  for (const RememberedPlan& remembered : memory.plans) {
    if (remembered.pattern == pattern) return remembered.plan;
  }
  const Plan plan = find(planes, memory);
  std::ranges::rotate(memory.plans, memory.plans.end() - 1);
  memory.plans.front() = {pattern, plan};
  return plan;
}

Plan Planner::plan(const Planes& planes, FieldMemory& memory) {
  try_new(planes, memory);
  try_again(planes, memory);
  memory.encoding_ns += fixed_ns * static_cast<double>(planes.bytes().size());
  ++memory.chunks;
  return recall_or_find(planes, memory);
}

void Planner::note_size(const Planes& planes, std::size_t plane, Method method, double size,
                        FieldMemory& memory) const noexcept {
  memory.encoding_ns += cost_of(method, size) * static_cast<double>(planes.plane_bytes());
  if (planes.kind(plane) != PlaneKind::mixed || method == stored) return;
  PlaneEstimate& estimate = memory.estimates[plane];
  const double expected = std::min(1.0F, estimate.sizes[candidate(method)]);
  if (std::abs(size - expected) > change) estimate.surprising = true;
  scale(estimate, size / expected);
}

}  // namespace tessera::codec
