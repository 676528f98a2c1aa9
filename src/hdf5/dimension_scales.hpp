#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

namespace tessera::hdf5 {

/// One axis of a dataset that a dimension scale belongs to: an element of the scale's attribute REFERENCE_LIST.
struct ScaleUse {
  hobj_ref_t dataset = 0;
  int axis = 0;

  bool operator==(const ScaleUse&) const = default;
};

inline constexpr const char* dimension_list = "DIMENSION_LIST";
inline constexpr const char* reference_list = "REFERENCE_LIST";

/// A reference to an open object.
hobj_ref_t reference_to(hid_t object, const std::string& about);
/// To an object by its path, which is not opened. What is referred to is its address.
hobj_ref_t reference_to(hid_t file, const std::string& path, const std::string& about);

/// The path of the (first) dimension scale of an axis; empty where there is none.
std::string scale_path(hid_t dataset, unsigned axis, const std::string& about);

// What H5DSattach_scale does, the same attributes of the same types, but for many at once: that function writes both
// attributes anew for every axis of every dataset, so that the file would grow with the square of the number of
// datasets. Attributes: https://docs.hdfgroup.org/hdf5/v1_14/group___h5_d_s.html

/// The attribute DIMENSION_LIST of a dataset that has none: the scale of each axis, in order.
void write_dimension_list(hid_t dataset, const std::string& about, const std::vector<hobj_ref_t>& scales);

/// The attribute REFERENCE_LIST of a scale; empty where it has none.
std::vector<ScaleUse> read_reference_list(hid_t scale, const std::string& about);

/// Adds to the attribute REFERENCE_LIST of a scale, which is made where there is none. A list that grows gets room for
/// more: its last element several times.
void extend_reference_list(hid_t scale, const std::string& about, const std::vector<ScaleUse>& uses);

/// A dataset and the scale of each of its axes, by their paths in the same file; empty where an axis has none.
struct ScaledDataset {
  std::string path;
  std::vector<std::string> scales;
};

/// Says of new datasets and scales what they have of each other, each list once.
void attach_scales(hid_t file, const std::vector<ScaledDataset>& datasets);

}  // namespace tessera::hdf5
