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
#include "schema/statistics.hpp"

/// \file
/// What a commit hands to an engine. Read this first. The way of a field's values through the direct engine, the
/// default:
///
///     PutBox              a box in the caller's memory, any strides
///       |  pack, exchange: pieces go to the ranks that assemble their chunks (GroupExchange, as ChunkPlan says)
///       v
///     Batch::Slot         a chunk: assembled, then encoded to what HDF5's filters would have stored (ChunkEncoder)
///       |  place, write: into the rank's own space of the file (RankExtents), or, where nobody knows sizes yet, where
///       a |  prefix sum of them says (comm::RangeScan)
///       v
///     hdf5::PlacedChunk   where a chunk lies in the file, and its size
///       |  gather: rank 0 gets all of them
///       v
///     hdf5::TreeSet       adds them to an idle copy of the metadata and publishes that
///
/// The collective engine has PutBox -pack-> PackedField (pack_field.hpp) -H5Dwrite-> file.

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
  std::int64_t first_chunk = 0;      ///< of a column of a table: where the step's rows begin, in chunks
  std::vector<PutBox> puts;
  std::shared_ptr<const schema::StatisticsTable> statistics;  ///< that it is in; nullptr: nobody asks for any
  std::shared_ptr<const ChunkPlan> plan;  ///< what Engine::plan returned for the field's decomposition
};

/// Seconds that a commit has taken on this rank before an engine gets it.
struct SecondsBefore {
  double agree = 0;
  double plan = 0;
};

/// What one commit adds to the file; the same on every rank but for the data.
struct Commit {
  schema::Operations definitions;  ///< new groups, datasets and attributes
  std::vector<FieldData> fields;
  schema::StepChanges step;
  std::optional<SecondsBefore> measured;  ///< Engine::measures() are asked for
};

}  // namespace tessera::pipeline
