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

float Trial::size_with(Method method, bool last, std::span<const std::byte> sample) {
  if (method == stored) return 1;
  scratch_.resize(sample.size() + 1024);
  const std::size_t bytes = compressors_.of(method.library).compress(sample, method, last, scratch_);
  const float size = bytes == 0 ? no_gain : static_cast<float>(bytes) / static_cast<float>(sample.size());
  ns_ += cost_of(method, size) * static_cast<double>(sample.size());
  return size;
}

/// Only where they gain something over the others: they are slow.
void Trial::try_tails(std::span<const std::byte> sample, PlaneEstimate& estimate) {
  const std::span<float> tried = std::span(estimate.sizes).first(effort_.methods.size());
  const std::span<float> tails = std::span(estimate.sizes).subspan(tried.size(), effort_.tail_methods.size());
  const float smallest = *std::ranges::min_element(tried);
  constexpr float near = 1.005F;
  const bool good_enough = effort_.against_zlib && std::ranges::any_of(tried, [&](const float& size) {
    const Method method = effort_.methods[static_cast<std::size_t>(&size - tried.data())];
    return method.library == Library::isal && size <= near * estimate.reference;
  });
  for (std::size_t i = 0; i < tails.size(); ++i) {
    tails[i] = good_enough ? smallest : size_with(effort_.tail_methods[i], true, sample);
  }
}

PlaneEstimate Trial::run(std::span<const std::byte> plane, std::uint32_t number) {
  PlaneEstimate estimate;
  estimate.sizes.fill(no_gain);
  estimate.sizes[0] = 1;
  const float rough_size = size_with(effort_.usual, false, sample_of(plane, smallest_sample, number));
  const std::span<const std::byte> sample = sample_of(plane, sample_bytes(rough_size), number);

  for (std::size_t i = 0; i < effort_.methods.size(); ++i) {
    estimate.sizes[i] = size_with(effort_.methods[i], false, sample);
    if (effort_.methods[i] == zlib_method(4)) estimate.reference = std::min(1.0F, estimate.sizes[i]);
  }
  try_tails(sample, estimate);
  if (!effort_.against_zlib) {
    const std::size_t count = effort_.methods.size() + effort_.tail_methods.size();
    estimate.reference = *std::ranges::min_element(std::span(estimate.sizes).first(count));
  }
  return estimate;
}

double Trial::take_ns() noexcept { return std::exchange(ns_, 0); }

}  // namespace tessera::codec
