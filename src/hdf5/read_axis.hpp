#pragma once

#include <hdf5.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <tessera/types.hpp>

#include "schema/description.hpp"

namespace tessera::hdf5 {

/// The extents of a dataset; empty where it has no axes, or more than an Index holds.
Index extents_of(hid_t dataset, const std::string& about);

/// All values of a dataset with one axis; nothing of others.
std::vector<double> read_series(hid_t dataset, const std::string& about);

/// Reads the axes that fields of one group have. Fields share axes, and an axis may be long: each is read once.
class AxisReader {
 public:
  AxisReader(hid_t group, std::string path) : group_(group), path_(std::move(path)) {}

  /// By the name of its dimension scale in the group; with the coordinates of a uniform grid, others are left to
  /// whoever reads the scale itself. Where there is no such scale, an axis without coordinates.
  const schema::Axis& read(const std::string& name, std::int64_t length);

 private:
  schema::Axis read_new(const std::string& name, std::int64_t length) const;

  hid_t group_;
  std::string path_;
  std::map<std::pair<std::string, std::int64_t>, schema::Axis> read_;
};

}  // namespace tessera::hdf5
