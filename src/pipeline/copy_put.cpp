#include "pipeline/copy_put.hpp"

#include <algorithm>

#include "base/extents.hpp"
#include "base/saturate.hpp"
#include "pack/pack.hpp"
#include "pipeline/piece_job.hpp"
#include "pipeline/readable_put.hpp"
#include "schema/array_rules.hpp"

namespace tessera::pipeline {

std::vector<PutBox> single_puts(const PutBox& put) {
  if (put.array.parts.empty()) return {put};
  std::vector<PutBox> result;
  for (const detail::AnyArray& part : put.array.parts) result.push_back({put.box, part});
  return result;
}

bool is_on_device(const PutBox& put) {
  const auto& parts = put.array.parts;
  return put.array.device || std::ranges::any_of(parts, [](const auto& part) { return part.device != nullptr; });
}

const std::byte* owned_memory(const PutBox& put) {
  const std::int64_t offset = schema::offset_of(put.box.lower, put.box, put.array);
  return static_cast<const std::byte*>(put.array.data) + offset * static_cast<std::int64_t>(size_of(put.array.type));
}

Index distinct_extents(const PutBox& put) {
  Index extents = put.box.extents();
  for (std::size_t axis = extents.size(); axis < put.array.extents.size(); ++axis) {
    extents.push_back(put.array.extents[axis]);
  }
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (put.array.strides[axis] == 0) extents[axis] = std::min<std::int64_t>(extents[axis], 1);
  }
  return extents;
}

std::size_t copied_bytes(const PutBox& put) {
  if (!put.array.parts.empty()) {
    std::size_t total = 0;
    for (const PutBox& part : single_puts(put)) total += copied_bytes(part);
    return total;
  }
  auto bytes = static_cast<std::int64_t>(size_of(put.array.type));
  for (const std::int64_t extent : distinct_extents(put)) bytes = saturating_product(bytes, extent);
  return static_cast<std::size_t>(bytes);
}

void copy_put(PutBox& put) {
  for (detail::AnyArray& part : put.array.parts) {
    PutBox single{put.box, std::move(part)};
    copy_put(single);
    part = std::move(single.array);
  }
  if (!put.array.parts.empty()) return;
  const PutBox host = readable(put, put.array.type);
  const std::shared_ptr<std::byte[]> copy(new std::byte[copied_bytes(put)]);
  pack::PackJob job;
  job.source = owned_memory(host);
  job.source_type = job.target_type = put.array.type;
  job.source_strides = host.array.strides;
  job.extents = distinct_extents(put);
  job.target = copy.get();
  job.target_strides = row_major_strides(job.extents);
  pack::pack(job);
  for (std::size_t axis = 0; axis < put.array.strides.size(); ++axis) {
    if (put.array.strides[axis] == 0) job.target_strides[axis] = 0;
  }
  const std::size_t rank = put.box.rank();
  put.array.data = copy.get();
  put.array.strides = job.target_strides;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    put.array.extents[axis] = put.box.upper[axis] - put.box.lower[axis];
  }
  put.array.halo = {Index::filled(rank, 0), Index::filled(rank, 0)};
  put.array.device = nullptr;
  put.array.owner = copy;
}

}  // namespace tessera::pipeline
