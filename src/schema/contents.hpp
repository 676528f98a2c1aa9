#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/filters.hpp"
#include "schema/description.hpp"
#include "schema/statistics.hpp"
#include "schema/table.hpp"
#include "schema/time_axis.hpp"

/// \file
/// What is found in a file, as values: for reading, and to go on writing. Rank 0 reads it and tells the others.

namespace tessera::schema {

/// How a dataset's chunks lie in the file, for those who read them without HDF5.
struct ChunkStorage {
  /// One step and all components of a cell in a chunk, elements as in memory, addresses from the file's begin.
  bool is_plain = false;
  std::vector<Filter> filters;  ///< in the order in which a chunk went through them
  std::vector<std::byte> fill;  ///< one element: what a chunk holds that nobody wrote
};

/// A field with what is stored of it. `given` is the stored type; attributes are all but units, long_name, _FillValue
/// and those of the dimension scales.
struct StoredField {
  Field field;
  std::int64_t steps = 0;  ///< of a time-dependent field: its length along the time axis
  ChunkStorage storage;
};

struct StoredScalar {
  std::string name;
  ScalarOptions options;
  std::vector<double> values;
  std::string table;        ///< whose rows it counts; empty: none
  std::string mesh;         ///< whose versions it tells; empty: none
  bool is_integer = false;  ///< as stored
};

/// A table; its columns are fields, and its counts scalars.
struct StoredTable {
  std::string name;
  TableOptions options;
};

/// A grid mapping: a dataset without axes that is there for its attributes (CF-1.10, 5.6).
struct StoredMapping {
  std::string name;
  Attributes attributes;
};

/// A group with fields, scalars or attributes; the root group, too.
struct StoredRun {
  Run run;
  Attributes attributes;            ///< in their order
  bool has_time = false;            ///< whether there is a time axis
  std::vector<double> times;        ///< of the steps
  std::vector<TimeAxis> time_axes;  ///< that have some of the steps
  std::vector<StoredField> fields;
  std::vector<StoredScalar> scalars;
  std::vector<StoredTable> tables;
  std::vector<StoredMapping> mappings;
  std::vector<StatisticsTable> statistics;
  std::vector<std::string> others;  ///< names of all that is none of these, axes included
  std::string obstacle;             ///< what keeps a writer from continuing it, as a clause; empty: nothing known

  const StoredField* field(std::string_view name) const noexcept;               ///< nullptr: none
  const StoredScalar* scalar(std::string_view name) const noexcept;             ///< nullptr: none
  const StoredTable* table(std::string_view name) const noexcept;               ///< nullptr: none
  const StoredMapping* mapping(std::string_view name) const noexcept;           ///< nullptr: none
  const StatisticsTable* statistics_of(std::string_view field) const noexcept;  ///< nullptr: none
  std::string described() const;                                                ///< "run 'a'", for messages

  /// \{ By the name of a time axis, `time` or another one; none where there is no such axis.
  bool is_time_axis(std::string_view name) const noexcept;
  const std::vector<double>& times_of(std::string_view time_axis) const noexcept;
  /// The numbers of its steps.
  std::vector<std::int64_t> steps_of(std::string_view time_axis) const;
  /// Where a step of the run is on it; nothing: it has not got that one.
  std::optional<std::int64_t> place_of(std::string_view time_axis, std::int64_t step) const noexcept;
  /// \}
};

/// Of a table that is there. What a damaged file says may be anything from 0 on.
RowSeries row_series_of(const StoredRun& run, const std::string& table);

/// By steps, of a mesh that changes: which version each has. What a damaged file says may be any number.
std::vector<std::int64_t> versions_of(const StoredRun& run, const std::string& mesh);

struct Contents {
  std::vector<StoredRun> runs;  ///< the root group first, then by creation
  std::int32_t dimensions = 0;  ///< netCDF's numbers of dimensions, from 0, are all below this one

  const StoredRun* run(std::string_view name) const noexcept;  ///< nullptr: none
};

/// \{ As bytes that another rank makes the same of: of this process' own architecture.
std::string to_bytes(const Contents& contents);
/// \throws Error internal where the bytes are not those of to_bytes
Contents contents_of(std::string_view bytes);
/// \}

}  // namespace tessera::schema
