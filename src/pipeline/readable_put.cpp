#include "pipeline/readable_put.hpp"

#include <utility>

#include <tessera/error.hpp>

#include "base/extents.hpp"
#include "schema/array_rules.hpp"

namespace tessera::pipeline {

PutBox readable(const PutBox& put, DataType stored) {
  if (!put.array.parts.empty()) {
    PutBox result = put;
    for (detail::AnyArray& part : result.array.parts) part = readable({put.box, part}, stored).array;
    return result;
  }
  if (!put.array.device || put.box.empty()) return put;
  const detail::DeviceMemory::Part part = schema::owned_part(put.box, put.array);
  detail::DeviceMemory::HostCopy copy = put.array.device->to_host(part, stored);
  if (!copy.data) throw Error(ErrorCode::invalid_argument, "the host copy of an array is a null pointer");
  PutBox result = put;
  result.array.device.reset();
  result.array.data = copy.data.get();
  result.array.type = copy.type;
  result.array.owner = std::move(copy.data);
  if (copy.is_whole) return result;
  result.array.extents = part.extents;
  result.array.strides = row_major_strides(part.extents);
  result.array.halo = {Index::filled(put.box.rank(), 0), Index::filled(put.box.rank(), 0)};
  return result;
}

}  // namespace tessera::pipeline
