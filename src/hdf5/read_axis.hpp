#pragma once

#include <hdf5.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <tessera/types.hpp>

#include "schema/description.hpp"

namespace tessera::hdf5 {

/// The extents of a dataset; empty where it has no axes, or more than an Index holds.
Index extents_of(hid_t dataset, const std::string& about);

/// Whether the slowest axis of a dataset has no end; it has no axis: no.
bool can_grow(hid_t dataset, const std::string& about);

/// All values of a dataset with one axis; nothing of others.
std::vector<double> read_series(hid_t dataset, const std::string& about);

/// Whether a dimension scale has no coordinates: netCDF's "dimension without variable".
bool is_bare_dimension(hid_t scale, const std::string& about);

/// Whether a dataset without axes is a grid mapping (CF-1.10, 5.6), there for its attributes.
bool is_mapping(hid_t dataset, const std::string& about);

/// Reads the axes that fields of one group have. Fields share axes, and an axis may be long: each is read once.
class AxisReader {
 public:
  AxisReader(hid_t group, std::string path) : group_(group), path_(std::move(path)) {}

  /// Says that a dataset of the group has the bounds of an axis' cells, before that is read.
  void note_bounds(const std::string& name) { bounds_.insert(name); }
  bool is_bounds(const std::string& name) const { return bounds_.contains(name); }

  /// Says that a dataset of the group has the names of components.
  void note_texts(const std::string& name) { texts_.insert(name); }
  bool is_texts(const std::string& name) const { return texts_.contains(name); }

  /// By the name of its dimension scale in the group. Where there is no such scale, an axis without coordinates.
  const schema::Axis& read(const std::string& name, std::int64_t length);

 private:
  schema::Axis read_new(const std::string& name, std::int64_t length) const;
  void add_edges(schema::Axis& axis) const;

  hid_t group_;
  std::string path_;
  std::set<std::string> bounds_;
  std::set<std::string> texts_;
  std::map<std::pair<std::string, std::int64_t>, schema::Axis> read_;
};

}  // namespace tessera::hdf5
