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

  /// \param number which part of the plane is taken: another one for each number
  PlaneEstimate run(std::span<const std::byte> plane, std::uint32_t number);
  /// Time that the trials have taken since the last call, by the cost model.
  double take_ns() noexcept;

 private:
  float size_with(Method method, std::span<const std::byte> sample);

  Effort effort_;
  Compressors& compressors_;
  std::vector<std::byte> scratch_;
  double ns_ = 0;
};

}  // namespace tessera::codec
