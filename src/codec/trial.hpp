#pragma once

#include <cstdint>
#include <vector>

#include "codec/effort.hpp"
#include "codec/field_memory.hpp"
#include "codec/zlib_stream.hpp"

namespace tessera::codec {

/// Compresses a part of a plane with every candidate of an effort.
class Trial {
 public:
  Trial(const Effort& effort, Compressors& compressors) : effort_(effort), compressors_(compressors) {}

  /// \param before what is known of the plane: its number of trials decides which part of the plane is taken, and how
  /// much
  /// \returns what this trial says; its number of trials is 0
  PlaneEstimate run(std::span<const std::byte> plane, const PlaneEstimate& before);
  /// Time that the trials have taken since the last call, by the cost model.
  double take_ns() noexcept;

 private:
  struct Sample {
    std::span<const std::byte> bytes;
    std::size_t history = 0;  ///< how many of them only go before those that count
  };
  float reference(const Sample& sample, const PlaneEstimate& fresh, const PlaneEstimate& before);
  float size_with(Method method, const Sample& sample);
  double bytes_with(Method method, std::span<const std::byte> bytes);

  Effort effort_;
  Compressors& compressors_;
  std::vector<std::byte> scratch_;
  double ns_ = 0;
};

}  // namespace tessera::codec
