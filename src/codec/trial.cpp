#include "codec/trial.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::codec {

namespace {

constexpr std::size_t sample_bytes = 64 << 10;
/// As far back as deflate's matches reach.
constexpr std::size_t history_bytes = 32 << 10;
/// From then on it is known how zlib compares with the others, and zlib itself, the slowest, is left out.
constexpr std::uint32_t trials_with_zlib = 2;
/// What a method that was not tried is taken to make of a plane.
constexpr float no_gain = 1.01F;
constexpr float smallest_size = 0.0005F;

/// A part of the plane; another one for each number.
std::span<const std::byte> part_of(std::span<const std::byte> plane, std::size_t bytes, std::uint32_t number) noexcept {
  if (plane.size() <= bytes) return plane;
  constexpr double golden_ratio = 0.6180339887498949;
  const double position = std::fmod(0.4 + number * golden_ratio, 1.0);
  const auto first = static_cast<std::size_t>(position * static_cast<double>(plane.size() - bytes));
  return plane.subspan(first, bytes);
}

}  // namespace

double Trial::bytes_with(Method method, std::span<const std::byte> bytes) {
  if (bytes.empty()) return 0;
  scratch_.resize(bytes.size() + 1024);
  const std::size_t compressed = compressors_.of(method.library).compress(bytes, method, false, scratch_);
  const double result = compressed > 0 ? static_cast<double>(compressed) : no_gain * static_cast<double>(bytes.size());
  ns_ += cost_of(method, result / static_cast<double>(bytes.size())) * static_cast<double>(bytes.size());
  return result;
}

/// What the sample adds to its history: without one, those methods would look worse that find repeats far away.
float Trial::size_with(Method method, const Sample& sample) {
  if (method == stored) return 1;
  const double added = bytes_with(method, sample.bytes) - bytes_with(method, sample.bytes.first(sample.history));
  return std::max(smallest_size, static_cast<float>(added / static_cast<double>(sample.bytes.size() - sample.history)));
}

/// \param fresh sizes of this trial
float Trial::reference(const Sample& sample, const PlaneEstimate& fresh, const PlaneEstimate& before) {
  const std::size_t last = effort_.methods.size() - 1;  // the one that makes them small
  const float smallest = *std::ranges::min_element(std::span(fresh.sizes).first(last + 1));
  if (!effort_.against_zlib) return smallest;
  const auto zlib = std::ranges::find(effort_.methods, zlib_method(4));
  if (zlib != effort_.methods.end()) return fresh.sizes[static_cast<std::size_t>(zlib - effort_.methods.begin())];
  if (before.trials < trials_with_zlib) return size_with(zlib_method(4), sample);
  return fresh.sizes[last] * before.reference / before.sizes[last];
}

/// The first trial is without a history: half as long, and not as good.
PlaneEstimate Trial::run(std::span<const std::byte> plane, const PlaneEstimate& before) {
  Sample sample;
  const std::size_t history = before.trials == 0 ? 0 : history_bytes;
  sample.bytes = part_of(plane, history + sample_bytes, before.trials);
  sample.history = sample.bytes.size() < plane.size() ? history : 0;
  PlaneEstimate fresh;
  fresh.sizes.fill(no_gain);
  for (std::size_t i = 0; i < effort_.methods.size(); ++i) fresh.sizes[i] = size_with(effort_.methods[i], sample);
  fresh.reference = std::min(1.0F, reference(sample, fresh, before));
  return fresh;
}

double Trial::take_ns() noexcept { return std::exchange(ns_, 0); }

}  // namespace tessera::codec
