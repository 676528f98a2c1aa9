#include "pipeline/piece_job.hpp"

#include "base/extents.hpp"
#include "schema/array_rules.hpp"

namespace tessera::pipeline {

namespace {

/// Of all components of the cells, or of one where the array has one.
pack::PackJob job_of(const schema::Field& field, const Box& box, const detail::AnyArray& array, const Box& part,
                     std::byte* target, const Index& cell_strides) {
  pack::PackJob job;
  job.source_type = array.type;
  job.target_type = field.stored;
  job.extents = part.extents();
  job.source_strides = array.strides;
  const std::int64_t offset = schema::offset_of(part.lower, box, array);
  for (std::size_t axis = 0; axis < box.rank(); ++axis) {
    job.target_strides.push_back(cell_strides[axis] * field.components);
  }
  schema::add_component_axes(array, box.rank(), job.extents, job.target_strides);
  job.source = static_cast<const std::byte*>(array.data) + offset * static_cast<std::int64_t>(size_of(array.type));
  job.target = target;
  return job;
}

}  // namespace

void each_piece_job(const schema::Field& field, const PutBox& put, const Box& part, std::byte* target,
                    const Index& cell_strides, FunctionRef<void(const pack::PackJob&)> run) {
  if (put.array.parts.empty()) {
    run(job_of(field, put.box, put.array, part, target, cell_strides));
    return;
  }
  for (const detail::AnyArray& component : put.array.parts) {
    run(job_of(field, put.box, component, part, target, cell_strides));
    target += size_of(field.stored);
  }
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
