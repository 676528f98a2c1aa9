#include "pipeline/pack_field.hpp"

#include "grid/row_major_order.hpp"
#include "pipeline/piece_job.hpp"
#include "pipeline/readable_put.hpp"

namespace tessera::pipeline {

namespace {

std::size_t elements_of(const FieldData& data) {
  std::int64_t cells = 0;
  for (const PutBox& put : data.puts) cells += put.box.volume();
  return static_cast<std::size_t>(cells * data.field->components);
}

}  // namespace

bool is_packed(const schema::Field& field, const PutBox& put) {
  if (put.array.device || !put.array.parts.empty() || field.given != field.stored) return false;
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
    if (data.puts[number].box.empty()) continue;
    const PutBox put = readable(data.puts[number], field.stored);
    for (const grid::Placement& placement : placements) {
      if (placement.box != number) continue;
      std::byte* target = packed.buffer.get() + placement.offset * field.cell_bytes();
      each_piece_job(field, put, placement.part, target, placement.strides,
                     [](const pack::PackJob& job) { pack::pack(job); });
    }
  }
  return packed;
}

}  // namespace tessera::pipeline
