#pragma once

#include <string>

#include "schema/description.hpp"
#include "schema/operation.hpp"
#include "schema/time_axis.hpp"

/// \file
/// What each part of the file consists of, as operations: FORMAT.md in code.

namespace tessera::schema {

/// Attributes of the root group: Conventions, creator, history, then the user's.
Operations create_root(const std::string& history, const Attributes& attributes);

/// A run's group with its parameters.
Operations create_run(const Run& run, const Attributes& parameters);

/// Chunks of series have a power of two values, this many at least.
inline constexpr std::int64_t least_series_chunk = 8;

/// Values per chunk of the 1-D series of a run, time and scalars: HDF5 keeps whole chunks, and reading takes some 10 us
/// for each, however many values they have. So 512 (4 KiB), but where a file has many runs that are all short.
///
/// \param runs    how many runs before this one have steps
/// \param longest the most steps of these
std::int64_t series_chunk(std::int64_t runs, std::int64_t longest);

/// A time axis of a run, `time` or one of some of the steps: unlimited, with `steps` values still to be written, in
/// chunks of `chunk`.
Operations create_time(const Run& run, std::int64_t steps, std::int32_t dimension_id, std::int64_t chunk,
                       const std::string& name = time_of_steps);

/// An axis of a run, with the bounds of its cells where these have any; a dimension without coordinates has a dataset
/// too, as netCDF wants. A longer axis than `max_coordinates` has its origin and spacing as attributes instead of
/// values. Where there are bounds, their second axis (component_axis(2)) exists.
Operations create_axis(const std::string& group, const Axis& axis, std::int32_t dimension_id);

/// A grid mapping: a dataset of one number without axes, which means nothing, with the attributes that it is there for;
/// CF-1.10, 5.6.
Operations create_mapping(const std::string& group, const GridMapping& mapping);

/// A dimension without coordinates, as netCDF wants it.
Operations create_dimension(const std::string& path, std::int64_t length, std::int32_t dimension_id);

/// A field's dataset with `steps` steps, or with `rows` rows where it is a column of a table; its axes exist.
Operations create_field(const std::string& group, const Field& field, std::int64_t steps, std::int64_t rows = 0);

/// A per-step scalar with `steps` values that read NaN, in chunks of `chunk`; its time axis exists.
Operations create_scalar(const std::string& group, const std::string& name, const ScalarOptions& options,
                         std::int64_t steps, std::int64_t chunk);

}  // namespace tessera::schema
