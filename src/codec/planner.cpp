#include "codec/planner.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace tessera::codec {

namespace {

/// Parts of the encoding time that trials may take.
constexpr double share_for_young = 0.25;
constexpr double share_for_known = 0.05;
/// A plane whose size is off by this much of its raw size has changed.
constexpr double change = 0.1;
/// How fast sizes follow what chunks turn out to be.
constexpr double correction = 0.125;
/// Per byte of a chunk, besides the methods: shuffle, checksum.
constexpr double fixed_ns = 0.3;
/// Not worth compressing.
constexpr float no_gain = 0.995F;
/// At this interval, in chunks, planes that are not compressed are compressed once, to see what becomes of them.
constexpr std::uint32_t look_again = 32;

/// The part of the spare bytes that one chunk may spend, and the most that there are, in margins of a chunk (what it
/// may take more than its reference).
constexpr double spent_by_one = 0.25;
constexpr double max_margins = 4;
/// What a byte may be worth, in ns. The lowest price is that of writing it to a file system at 250 MB/s.
constexpr double lowest_price = 4;
constexpr double price_step = 1.2;
constexpr int price_steps = 48;

template <class Memory>
auto& estimate_in(Memory& memory, const Planes& planes, std::size_t plane) noexcept {
  return memory.estimates[plane][static_cast<std::size_t>(planes.kind(plane))];
}

/// What is known of a plane; of planes of other kinds where nothing is known of this one.
const PlaneEstimate& nearest_in(const FieldMemory& memory, const Planes& planes, std::size_t plane) noexcept {
  const PlaneEstimate& own = estimate_in(memory, planes, plane);
  if (own.trials > 0) return own;
  const auto& all = memory.estimates[plane];
  const auto found = std::ranges::find_if(all, [](const PlaneEstimate& estimate) { return estimate.trials > 0; });
  return found == all.end() ? own : *found;
}

/// Where a chunk becomes so small, estimates are off by more.
constexpr bool is_small(double reference) noexcept { return reference < 1.0 / 8; }

/// The mean of all trials, the first one with a quarter of the weight; later of the last ones.
void mix(PlaneEstimate& old, const PlaneEstimate& fresh) noexcept {
  PlaneEstimate result = fresh;
  result.trials = old.trials + 1;
  constexpr std::array<float, young> weights{1, 4.0F / 5, 4.0F / 9, 4.0F / 13};
  const float weight = weights[std::min(old.trials, young - 1)];
  for (std::size_t i = 0; i < result.sizes.size(); ++i)
    result.sizes[i] = std::lerp(old.sizes[i], fresh.sizes[i], weight);
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

}  // namespace

void Planner::try_plane(const Planes& planes, std::size_t plane, FieldMemory& memory) {
  PlaneEstimate& estimate = estimate_in(memory, planes, plane);
  mix(estimate, trial_.run(planes[plane], estimate));
  estimate.tried_at = memory.chunks;
  memory.trial_ns += trial_.take_ns();
}

void Planner::try_new(const Planes& planes, FieldMemory& memory) {
  const bool affordable = memory.trial_ns <= share_for_young * memory.encoding_ns;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (!is_tried(planes.kind(plane)) || estimate_in(memory, planes, plane).trials > 0) continue;
    if (affordable || nearest_in(memory, planes, plane).trials == 0) try_plane(planes, plane, memory);
  }
}

void Planner::try_again(const Planes& planes, FieldMemory& memory) {
  const auto urgency = [&](std::size_t plane) {
    const PlaneEstimate& estimate = estimate_in(memory, planes, plane);
    return std::tuple(estimate.trials < young, estimate.surprising, memory.chunks - estimate.tried_at);
  };
  std::size_t best = planes.count();
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (!is_tried(planes.kind(plane)) || estimate_in(memory, planes, plane).trials == 0) continue;
    if (best == planes.count() || urgency(plane) > urgency(best)) best = plane;
  }
  if (best == planes.count() || estimate_in(memory, planes, best).tried_at == memory.chunks) return;
  const double share = estimate_in(memory, planes, best).trials < young ? share_for_young : share_for_known;
  if (memory.trial_ns <= share * memory.encoding_ns) try_plane(planes, best, memory);
}

/// Its number among the candidates.
std::size_t Planner::candidate(Method method) const noexcept {
  return static_cast<std::size_t>(std::ranges::find(effort_.methods, method) - effort_.methods.begin());
}

std::size_t Planner::best(const Option& option, double byte_price) const noexcept {
  const auto price_of = [&](std::size_t i) { return option.costs[i] + byte_price * option.estimate->sizes[i]; };
  std::size_t result = 0;
  for (std::size_t i = 1; i < effort_.methods.size(); ++i) {
    if (price_of(i) < price_of(result)) result = i;
  }
  return result;
}

/// \param reference as a part of the raw size
double Planner::share_of(double reference) const noexcept {
  return is_small(reference) ? effort_.share_of_small : effort_.share;
}

Planner::Options Planner::options_for(const Planes& planes, const FieldMemory& memory) const noexcept {
  Options options;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (!is_tried(planes.kind(plane))) continue;
    options[plane].estimate = &nearest_in(memory, planes, plane);
    for (std::size_t i = 0; i < effort_.methods.size(); ++i) {
      options[plane].costs[i] = cost_of(effort_.methods[i], options[plane].estimate->sizes[i]);
    }
  }
  return options;
}

/// What the planes with an estimate may take together, in parts of a plane. As long as little is known, half of the
/// margin is kept unless other chunks, none of them small, have spared it.
double Planner::allowed_size(const Planes& planes, const Options& options, const FieldMemory& memory) const noexcept {
  double reference = 0;
  double fixed = 0;
  bool is_young = false;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    if (planes.kind(plane) == PlaneKind::random) fixed += 1;
    if (options[plane].estimate == nullptr) continue;
    reference += options[plane].estimate->reference;
    is_young = is_young || options[plane].estimate->trials < young;
  }
  const double mean = (reference + fixed) / static_cast<double>(planes.count());
  const double margin = (reference + fixed) * (1 / share_of(mean) - 1);
  const double spare = spent_by_one * memory.spare_bytes / static_cast<double>(planes.plane_bytes());
  if (!is_young) return reference + margin + spare;
  return reference + margin / 2 + std::min(is_small(mean) ? 0.0 : margin / 2, spare);
}

/// The lowest at which the planes take no more than allowed; the highest where there is none.
double Planner::byte_price(const Options& options, double allowed) const noexcept {
  const auto price = [](int step) { return lowest_price * std::pow(price_step, step); };
  const auto is_allowed = [&](int step) {
    double size = 0;
    for (const Option& option : options) {
      if (option.estimate != nullptr) size += option.estimate->sizes[best(option, price(step))];
    }
    return size <= allowed;
  };
  int low = 0;
  int high = price_steps;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (is_allowed(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return price(low);
}

Method Planner::method_for(const Option& option, PlaneKind kind, double byte_price,
                           const FieldMemory& memory) const noexcept {
  const std::size_t chosen = best(option, byte_price);
  if (option.estimate->sizes[chosen] < no_gain) return effort_.methods[chosen];
  // Of a plane that is not compressed nothing more would be learnt. Runs, should there be any, cost next to nothing.
  const bool look = option.estimate->trials < young || memory.chunks % look_again == look_again - 1;
  return (look && option.estimate->reference < no_gain) || kind != PlaneKind::busy ? effort_.usual
                                                                                   : effort_.methods[chosen];
}

Plan Planner::begin_chunk(const Planes& planes, FieldMemory& memory) {
  try_new(planes, memory);
  try_again(planes, memory);
  const Options options = options_for(planes, memory);
  const double price = byte_price(options, allowed_size(planes, options, memory));
  Plan plan;
  for (std::size_t plane = 0; plane < planes.count(); ++plane) {
    switch (planes.kind(plane)) {
      case PlaneKind::constant: plan[plane] = effort_.for_constants; break;
      case PlaneKind::random: plan[plane] = stored; break;
      default: plan[plane] = method_for(options[plane], planes.kind(plane), price, memory);
    }
  }
  memory.encoding_ns += fixed_ns * static_cast<double>(planes.bytes().size());
  reference_bytes_ = 0;
  return plan;
}

void Planner::note_size(const Planes& planes, std::size_t plane, Method method, std::size_t bytes,
                        FieldMemory& memory) noexcept {
  const auto raw_bytes = static_cast<double>(planes.plane_bytes());
  const double size = static_cast<double>(bytes) / raw_bytes;
  double reference = size;
  if (is_tried(planes.kind(plane))) {
    const PlaneEstimate& nearest = nearest_in(memory, planes, plane);
    const double expected = std::min(1.0F, nearest.sizes[candidate(method)]);
    reference = std::min(1.0, size * nearest.reference / expected);
    PlaneEstimate& estimate = estimate_in(memory, planes, plane);
    if (method != stored && estimate.trials > 0) {
      if (std::abs(size - expected) > change) estimate.surprising = true;
      scale(estimate, size / expected);
    }
  }
  memory.encoding_ns += cost_of(method, size) * raw_bytes;
  reference_bytes_ += reference * raw_bytes;
}

void Planner::end_chunk(const Planes& planes, std::size_t bytes, FieldMemory& memory) const noexcept {
  const double share = share_of(reference_bytes_ / static_cast<double>(planes.bytes().size()));
  const double margin = reference_bytes_ * (1 / share - 1);
  const double weight = 1 / std::min(memory.chunks + 1.0, 16.0);
  memory.mean_margin_bytes = std::lerp(memory.mean_margin_bytes, margin, weight);
  const double most = max_margins * memory.mean_margin_bytes;
  const double spare = memory.spare_bytes + reference_bytes_ + margin - static_cast<double>(bytes);
  memory.spare_bytes = std::clamp(spare, -most, most);
  ++memory.chunks;
}

}  // namespace tessera::codec
