#include "reader/get_box.hpp"

#include "base/extents.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

/// A job that takes cells which lie `cell_strides` apart, without an axis of components.
pack::PackJob job_from(const schema::Field& field, const Box& part, const void* source, DataType type,
                       const Index& cell_strides) {
  pack::PackJob job;
  job.source = source;
  job.source_type = type;
  job.extents = part.extents();
  for (const std::int64_t stride : cell_strides) job.source_strides.push_back(stride * field.components);
  return job;
}

void aim_at(pack::PackJob& job, const Box& box, const Box& part, const AnyArray& target) {
  const std::int64_t offset = schema::offset_of(part.lower, box, target);
  job.target_type = target.type;
  job.target_strides = target.strides;
  // The caller's elements can be written to: tessera::into has seen to it.
  job.target = static_cast<std::byte*>(const_cast<void*>(target.data)) +
               offset * static_cast<std::int64_t>(size_of(target.type));
}

}  // namespace

void each_spread_job(const schema::Field& field, const GetBox& asked, const Box& part, const void* source,
                     DataType type, const Index& cell_strides,
                     FunctionRef<void(const pack::PackJob&, std::size_t first)> run) {
  const std::vector<AnyArray>& parts = asked.target.parts;
  pack::PackJob job = job_from(field, part, source, type, cell_strides);
  if (parts.empty()) {
    schema::add_component_axes(asked.target, asked.box.rank(), job.extents, job.source_strides);
    aim_at(job, asked.box, part, asked.target);
    run(job, 0);
    return;
  }
  for (std::size_t component = 0; component < parts.size(); ++component) {
    aim_at(job, asked.box, part, parts[component]);
    run(job, component);
    if (source != nullptr) job.source = static_cast<const std::byte*>(job.source) + size_of(type);
  }
}

pack::PackJob piece_job(const schema::Field& field, const Box& part, const void* source, const Index& cell_strides,
                        std::byte* target) {
  pack::PackJob job = job_from(field, part, source, field.stored, cell_strides);
  if (field.components > 1) {
    job.extents.push_back(field.components);
    job.source_strides.push_back(1);
  }
  job.target_type = field.stored;
  job.target = target;
  job.target_strides = row_major_strides(job.extents);
  return job;
}

}  // namespace tessera::detail
