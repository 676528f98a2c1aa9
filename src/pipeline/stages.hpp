#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <tessera/array.hpp>
#include <tessera/box.hpp>

#include "pipeline/chunk_plan.hpp"
#include "schema/description.hpp"
#include "schema/operation.hpp"

/// \file
/// What the stages of a commit hand to each other. Read this first: PutBox -pack-> PackedField -write-> committed.

namespace tessera::pipeline {

/// A box as the caller put it; the array has been checked against the box, and its halo has one width per axis and
/// side.
struct PutBox {
  Box box;
  detail::AnyArray array;
  std::uint64_t sample = 0;  ///< digest of some elements at the time of the put, where the host can read them
};

/// This rank's part of one field in a commit; other ranks have the same entry with other boxes, possibly none.
struct FieldData {
  const schema::Field* field = nullptr;
  std::optional<std::int64_t> step;  ///< index on the time axis; nothing for a static field
  std::vector<PutBox> puts;
  std::shared_ptr<const ChunkPlan> plan;  ///< what Engine::plan returned for the field's decomposition
};

/// The same as contiguous elements of the stored type, in row-major order of the union of the boxes.
struct PackedField {
  std::vector<Box> boxes;
  const void* data = nullptr;               ///< into `buffer`, or into the caller's memory where that is the same
  std::unique_ptr<std::byte[]> buffer;
};

/// What one commit adds to the file; the same on every rank but for the data.
struct Commit {
  schema::Operations definitions;  ///< new groups, datasets and attributes
  std::vector<FieldData> fields;
  schema::StepChanges step;
};

}  // namespace tessera::pipeline
