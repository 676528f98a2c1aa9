#pragma once

#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hdf5/handle.hpp"
#include "hdf5/log.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {

/// Runs with a text and steps of a small field that has one value everywhere: what tests write, and what stock HDF5
/// reads of it.
struct SmallRuns {
  struct SmallRun {
    std::vector<double> steps;
    std::string text;
    bool operator==(const SmallRun&) const = default;
  };
  using Content = std::map<std::string, SmallRun>;

  static schema::Field field(const std::string& run) {
    schema::Field result;
    result.name = "f";
    result.path = "/" + run + "/f";
    result.axes = schema::axes_of({{4, 4}}, Location::point);
    result.codec = Codec::none();
    result.chunk = {4, 4};
    return result;
  }
  static void define(Record& record, const std::string& name, const std::string& text) {
    const auto add = [&](const schema::Operations& part) {
      record.definitions.insert(record.definitions.end(), part.begin(), part.end());
    };
    const schema::Run run{name, "/" + name, {}};
    add(schema::create_run(run, {{"text", text}}));
    add(schema::create_time(run, 0, 0, 8));
    for (std::int32_t axis = 0; axis < 2; ++axis)
      add(schema::create_axis(run.path, field(name).axes[static_cast<std::size_t>(axis)], axis + 1));
    add(schema::create_field(run.path, field(name), 0));
  }

  /// A step at the end of a run, its chunk at this address.
  static void add_step(Record& record, SmallRun& run, const std::string& path, double value, std::uint64_t address) {
    const auto number = static_cast<std::int64_t>(run.steps.size());
    run.steps.push_back(value);
    record.begin = {{path + "/time", number + 1}, {path + "/f", number + 1}};
    record.finish = {{path + "/time", number, {value}}};
    record.chunks = {{path + "/f", number, {4, 4}, {1, 1}, false, {{0, address, 128, 0}}}};
  }

  static std::string text_of(const Handle& file, const std::string& run, const std::string& name = "text") {
    const Handle attribute(H5Aopen_by_name(file.get(), run.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (attribute.get() < 0) return "no attribute";
    const Handle type(H5Aget_type(attribute.get()), H5Tclose);
    char* text = nullptr;
    if (H5Aread(attribute.get(), type.get(), &text) < 0 || text == nullptr) return "not readable";
    std::string result = text;
    H5free_memory(text);
    return result;
  }
  static std::vector<double> values_of(const Handle& file, const std::string& path, std::size_t every) {
    const Handle dataset(H5Dopen2(file.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
    if (dataset.get() < 0) return {-2};
    const Handle space(H5Dget_space(dataset.get()), H5Sclose);
    std::vector<double> all(static_cast<std::size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space.get()), 0)));
    if (H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()) < 0) return {-1};
    std::vector<double> result;
    for (std::size_t i = 0; i < all.size(); i += every) result.push_back(all[i]);
    return result;
  }
};

}  // namespace tessera::hdf5
