#include "pipeline/pack_field.hpp"

#include "grid/row_major_order.hpp"
#include "pack/pack.hpp"

namespace tessera::pipeline {

namespace {

/// True when the array's owned cells lie in memory just as the file wants them.
bool is_packed(const schema::Field& field, const PutBox& put) {
  if (put.array.host_copy || field.given != field.stored) return false;
  std::int64_t stride = 1;
  const Index& extents = put.array.extents;
  for (std::size_t axis = extents.size(); axis-- > 0;) {
    if (put.array.strides[axis] != stride && extents[axis] > 1) return false;
    const bool is_component = axis >= put.box.rank();
    if (!is_component && put.array.halo.low[axis] + put.array.halo.high[axis] > 0) return false;
    stride *= extents[axis];
  }
  return true;
}

std::size_t elements_of(const FieldData& data) {
  std::int64_t cells = 0;
  for (const PutBox& put : data.puts) cells += put.box.volume();
  return static_cast<std::size_t>(cells * data.field->components);
}

/// The copy of one part of a box; `memory` is what the array describes, readable by the host.
pack::PackJob job_of(const schema::Field& field, const PutBox& put, const void* memory,
                     const grid::Placement& placement, std::byte* target) {
  pack::PackJob job;
  job.source_type = field.given;
  job.target_type = field.stored;
  job.extents = placement.part.extents();
  job.source_strides = put.array.strides;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < put.box.rank(); ++axis) {
    offset += (placement.part.lower[axis] - put.box.lower[axis] + put.array.halo.low[axis]) * put.array.strides[axis];
    job.target_strides.push_back(placement.strides[axis] * field.components);
  }
  if (field.components > 1) {
    job.extents.push_back(field.components);
    job.target_strides.push_back(1);
  }
  job.source = static_cast<const std::byte*>(memory) + offset * static_cast<std::int64_t>(size_of(field.given));
  job.target = target + placement.offset * field.cell_bytes();
  return job;
}

}  // namespace

PackedField pack_field(const FieldData& data) {
  const schema::Field& field = *data.field;
  PackedField packed;
  for (const PutBox& put : data.puts) packed.boxes.push_back(put.box);
  if (data.puts.size() == 1 && is_packed(field, data.puts.front())) {
    packed.data = data.puts.front().array.data;
    return packed;
  }
  packed.buffer = std::make_unique_for_overwrite<std::byte[]>(elements_of(data) * size_of(field.stored));
  packed.data = packed.buffer.get();
  const auto placements = grid::row_major_order(packed.boxes);
  for (std::size_t number = 0; number < data.puts.size(); ++number) {
    const PutBox& put = data.puts[number];
    if (put.box.empty()) continue;
    const auto copy = put.array.host_copy ? put.array.host_copy() : nullptr;
    const void* memory = copy ? copy.get() : put.array.data;
    for (const grid::Placement& placement : placements) {
      if (placement.box == number) pack::pack(job_of(field, put, memory, placement, packed.buffer.get()));
    }
  }
  return packed;
}

}  // namespace tessera::pipeline
