#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/statistics.hpp>

#include "schema/statistics.hpp"

namespace tessera::hdf5 {

/// What a run's group of statistics holds.
struct FoundStatistics {
  std::vector<schema::StatisticsTable> tables;
  std::vector<std::int64_t> steps;  ///< of each that has time
  std::int32_t dimensions = 0;      ///< netCDF's numbers in it are below this one
  std::string obstacle;             ///< why no writer can continue it, as in schema::StoredRun; empty: nothing
};

/// \return no tables where it is not a group that Tessera has made
FoundStatistics find_statistics(hid_t group, const std::string& path);

/// The statistics of a field that the table has. \param most the most steps
FieldStatistics read_statistics(hid_t file, const schema::StatisticsTable& table, const std::string& field,
                                std::int64_t most);

}  // namespace tessera::hdf5
