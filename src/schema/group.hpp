#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/persistent_map.hpp"
#include "base/round_up.hpp"
#include "schema/description.hpp"
#include "schema/statistics.hpp"
#include "schema/table.hpp"
#include "schema/time_axis.hpp"

/// \file
/// What a catalog knows of one group: records of its fields, axes, scalars and tables, each with its state.

namespace tessera::schema {

/// How far a part of the file is on its way.
enum class State : std::uint8_t {
  declared,  ///< known; the first commit that needs it makes it
  queued,    ///< among the operations that the next commit brings in
  in_file,
};

/// What a name in a group stands for.
enum class Kind : std::uint8_t { run, axis, field, scalar, statistics, mapping, time_axis, other };

/// Of an axis, a field or a scalar: which batch of queued operations makes it; 0: none yet.
using Batch = std::uint64_t;

struct AxisRecord {
  Axis axis;
  Batch batch = 0;
};

struct FieldRecord {
  Field field;  ///< its chunk is empty until it is chosen
  Batch batch = 0;
  bool written = false;  ///< some step has data of it
  bool found = false;    ///< it was in the file, and nobody has asked for it yet
  int table = -1;        ///< of its statistics, in the group; -1: there are none
};

/// Statistics of some fields of a group.
struct TableRecord {
  std::shared_ptr<const StatisticsTable> table;
  Batch batch = 0;
};

struct ScalarRecord {
  ScalarOptions options;
  Batch batch = 0;
  bool found = false;  ///< as in FieldRecord
  std::string table;   ///< whose rows it counts; empty: none
  std::string mesh;    ///< whose versions it tells; empty: none
};

/// Rows that follow each other.
struct RowRange {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

/// A table, whose columns are fields, and whose counts scalars.
struct RowsRecord {
  TableOptions options;     ///< chunk_rows is 0 until it is chosen
  std::int64_t end = 0;     ///< where the last step's rows end
  std::int64_t length = 0;  ///< of the columns, at least as much
  std::int64_t rows = 0;    ///< of the step that is written
  bool found = false;       ///< as in FieldRecord
  RowRange last{};          ///< what the last step has
  /// \{ Of the boxes of a level of a refinement: steps in which they stay refer to the rows that are there.
  std::string cells{};       ///< the table of the cells in them; empty: the rows are something else
  std::int64_t version = 0;  ///< of the boxes of the step that is written
  std::int64_t written = 0;  ///< the version of those that were written last; 0: of an earlier writer
  RowRange written_rows{};
  /// \}

  /// Where the rows of the step that is written begin: with a chunk.
  std::int64_t begin() const noexcept { return rows > 0 ? round_up(end, options.chunk_rows) : end; }
  /// Of the columns when rows behind `end` go: never within a chunk, which HDF5 would write again.
  std::int64_t cut_length() const noexcept {
    return options.chunk_rows > 0 ? std::min(length, round_up(end, options.chunk_rows)) : length;
  }
};

/// A time axis that has some of the steps.
struct TimeAxisRecord {
  std::int64_t steps = 0;  ///< that it has
  Batch batch = 0;
};

/// A mesh that changes.
struct VersionRecord {
  std::int64_t version = 0;  ///< of steps to come
  bool found = false;        ///< it was in the file, and nobody has asked for one since
};

/// What was there of a run before this writer.
struct FoundGroup {
  std::vector<double> times;
  Attributes attributes;
  RunOptions options;
  std::string obstacle;                   ///< what keeps a writer from continuing it; empty: nothing
  std::map<std::string, int> fields;      ///< their numbers
  std::map<std::string, RowSeries> rows;  ///< of each table
  std::map<std::string, std::vector<std::int64_t>> versions;  ///< of each mesh that changes, by steps
  std::vector<TimeAxis> time_axes;                            ///< that have some of the steps
  std::map<std::string, Attributes> mappings;                 ///< what each grid mapping says
};

/// A run, or the root group.
struct Group {
  std::shared_ptr<const Run> run;
  std::int64_t steps = 0;  ///< committed
  double last_time = 0;    ///< of them
  Batch time_batch = 0;    ///< of the time axis
  PersistentMap<std::string, Kind> names;
  /// By name; values of more than a few hundred bytes are not kept (nullptr), since they are in the file.
  PersistentMap<std::string, std::shared_ptr<const AttributeValue>> attributes;
  PersistentMap<std::string, AxisRecord> axes;
  PersistentMap<std::string, TimeAxisRecord> time_axes;  ///< all but `time`, by their names
  PersistentMap<int, FieldRecord> fields;
  PersistentMap<std::string, ScalarRecord> scalars;
  PersistentMap<int, TableRecord> tables;              ///< their numbers count from 0
  PersistentMap<std::string, RowsRecord> rows;         ///< of tables, by their names
  PersistentMap<std::string, VersionRecord> versions;  ///< of meshes that change, by their names
  /// What grid mappings say that this writer was asked for, by their names.
  PersistentMap<std::string, std::shared_ptr<const Attributes>> mappings;
  std::shared_ptr<const FoundGroup> before;  ///< nullptr: this writer makes it
  bool found = false;                        ///< as in FieldRecord
  bool grown = false;                        ///< this writer has added steps
  std::string cut;  ///< not empty: the file has more than `steps` steps, which go when the next one comes; for history

  std::string described() const;  ///< "run 'name'", for messages
  /// How many of the steps a time axis has; 0 where there is none of that name.
  std::int64_t steps_on(const std::string& time_axis) const;
};

/// Whether the step that is written gets a row on a time axis: `time` always, another one where something on it is put.
/// \param scalars pairs that begin with a name
template <class Scalars>
bool has_row(const Group& group, const std::string& time_axis, const std::vector<int>& fields, const Scalars& scalars) {
  if (time_axis == time_of_steps) return true;
  return std::ranges::any_of(fields,
                             [&](int number) {
                               const Field& field = group.fields.find(number)->field;
                               return field.time_dependent && field.time_axis == time_axis;
                             }) ||
         std::ranges::any_of(scalars, [&](const auto& scalar) {
           const ScalarRecord* record = group.scalars.find(scalar.first);
           return record != nullptr && record->options.time_axis == time_axis;
         });
}

}  // namespace tessera::schema
