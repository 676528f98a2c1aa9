#include "codec/trial.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::codec {

namespace {

/// Twice the reach of deflate's matches.
constexpr std::size_t smallest_sample = 64 << 10;
constexpr std::size_t largest_sample = 256 << 10;
/// What a method that was not tried is taken to make of a plane.
constexpr float no_gain = 1.01F;

std::span<const std::byte> sample_of(std::span<const std::byte> plane, std::size_t bytes, std::uint32_t number) noexcept {
  if (plane.size() <= bytes) return plane;
  constexpr double golden_ratio = 0.6180339887498949;
  const double position = std::fmod(0.4 + number * golden_ratio, 1.0);
  const auto first = static_cast<std::size_t>(position * static_cast<double>(plane.size() - bytes));
  return plane.subspan(first, bytes);
}

/// Where much is saved, compressing is fast, and little of the plane says little about the rest.
std::size_t sample_bytes(float size) noexcept {
  constexpr float enough = 0.2F * smallest_sample;  // compressed bytes
  return static_cast<std::size_t>(std::clamp(enough / size, float{smallest_sample}, float{largest_sample}));
}

}  // namespace

float Trial::size_with(Method method, std::span<const std::byte> sample) {
  if (method == stored) return 1;
  scratch_.resize(sample.size() + 1024);
  const std::size_t bytes = compressors_.of(method.library).compress(sample, method, false, scratch_);
  const float size = bytes == 0 ? no_gain : static_cast<float>(bytes) / static_cast<float>(sample.size());
  ns_ += cost_of(method, size) * static_cast<double>(sample.size());
  return size;
}

PlaneEstimate Trial::run(std::span<const std::byte> plane, std::uint32_t number) {
  const float rough_size = size_with(effort_.usual, sample_of(plane, smallest_sample, number));
  const std::span<const std::byte> sample = sample_of(plane, sample_bytes(rough_size), number);
  PlaneEstimate estimate;
  estimate.sizes.fill(no_gain);
  for (std::size_t i = 0; i < effort_.methods.size(); ++i) estimate.sizes[i] = size_with(effort_.methods[i], sample);
  const float smallest = *std::ranges::min_element(estimate.sizes);
  estimate.reference = effort_.against_zlib ? std::min(1.0F, size_with(zlib_method(4), sample)) : smallest;
  return estimate;
}

double Trial::take_ns() noexcept { return std::exchange(ns_, 0); }

}  // namespace tessera::codec
