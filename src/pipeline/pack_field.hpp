#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <tessera/box.hpp>

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The puts of a field as contiguous elements of the stored type, in row-major order of the union of the boxes.
struct PackedField {
  std::vector<Box> boxes;
  const void* data = nullptr;  ///< into `buffer`, or into the caller's memory where that is the same
  std::unique_ptr<std::byte[]> buffer;
};

/// Whether the put's owned cells lie in memory just as the file wants them.
bool is_packed(const schema::Field& field, const PutBox& put);

/// The pack stage: strips halos, brings the boxes into row-major order of their union, converts the precision. Where
/// the caller's memory is that already, nothing is copied. Local.
PackedField pack_field(const FieldData& data);

}  // namespace tessera::pipeline
