#include "pipeline/piece_job.hpp"

#include "base/extents.hpp"
#include "schema/array_rules.hpp"

namespace tessera::pipeline {

pack::PackJob piece_job(const schema::Field& field, const PutBox& put, const Box& part, std::byte* target,
                        const Index& cell_strides) {
  pack::PackJob job;
  job.source_type = put.array.type;
  job.target_type = field.stored;
  job.extents = part.extents();
  job.source_strides = put.array.strides;
  const std::int64_t offset = schema::offset_of(part.lower, put.box, put.array);
  for (std::size_t axis = 0; axis < put.box.rank(); ++axis) {
    job.target_strides.push_back(cell_strides[axis] * field.components);
  }
  if (field.components > 1) {
    job.extents.push_back(field.components);
    job.target_strides.push_back(1);
  }
  job.source =
      static_cast<const std::byte*>(put.array.data) + offset * static_cast<std::int64_t>(size_of(put.array.type));
  job.target = target;
  return job;
}

pack::PackJob arrived_job(const schema::Field& field, const Box& part, const std::byte* source, std::byte* target,
                          const Index& cell_strides) {
  pack::PackJob job;
  job.source_type = job.target_type = field.stored;
  job.extents = part.extents();
  for (const std::int64_t stride : cell_strides) job.target_strides.push_back(stride * field.components);
  if (field.components > 1) {
    job.extents.push_back(field.components);
    job.target_strides.push_back(1);
  }
  job.source_strides = row_major_strides(job.extents);
  job.source = source;
  job.target = target;
  return job;
}

}  // namespace tessera::pipeline
