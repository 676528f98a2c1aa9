#include "pack_reference.hpp"

#include <cstring>

#include <tessera/error.hpp>

namespace tessera::pack {

namespace {

void copy_element(const PackJob& job, std::int64_t source_offset, std::int64_t target_offset) {
  const auto source_bytes = static_cast<std::int64_t>(size_of(job.source_type));
  const auto target_bytes = static_cast<std::int64_t>(size_of(job.target_type));
  const auto* source = static_cast<const std::byte*>(job.source) + source_offset * source_bytes;
  auto* target = static_cast<std::byte*>(job.target) + target_offset * target_bytes;
  if (job.source_type == job.target_type) {
    std::memcpy(target, source, size_of(job.source_type));
  } else if (job.source_type == DataType::float64 && job.target_type == DataType::float32) {
    double value = 0;
    std::memcpy(&value, source, sizeof(value));
    const float rounded = static_cast<float>(value);
    std::memcpy(target, &rounded, sizeof(rounded));
  } else if (job.source_type == DataType::float32 && job.target_type == DataType::float64) {
    float value = 0;
    std::memcpy(&value, source, sizeof(value));
    const double wide = value;
    std::memcpy(target, &wide, sizeof(wide));
  } else {
    throw Error(ErrorCode::internal, "unsupported pair of types");
  }
}

void copy_axis(const PackJob& job, std::size_t axis, std::int64_t source_offset, std::int64_t target_offset) {
  // The capacity only tells GCC 14 where the recursion ends; without it, it warns of axes behind the array.
  if (axis == job.extents.size() || axis == Index::capacity) {
    copy_element(job, source_offset, target_offset);
    return;
  }
  for (std::int64_t e = 0; e < job.extents[axis]; ++e) {
    copy_axis(job, axis + 1, source_offset + e * job.source_strides[axis],
              target_offset + e * job.target_strides[axis]);
  }
}

}  // namespace

void pack_reference(const PackJob& job) { copy_axis(job, 0, 0, 0); }

}  // namespace tessera::pack
