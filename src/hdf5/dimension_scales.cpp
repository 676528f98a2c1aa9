#include "hdf5/dimension_scales.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <map>

#include "hdf5/check.hpp"
#include "hdf5/handle.hpp"

namespace tessera::hdf5 {

namespace {

Handle list_space(std::size_t count, const std::string& about) {
  const hsize_t extent = count;
  return {check_id(H5Screate_simple(1, &extent, nullptr), "H5Screate_simple", about), H5Sclose};
}

Handle use_type(const std::string& about) {
  Handle type(check_id(H5Tcreate(H5T_COMPOUND, sizeof(ScaleUse)), "H5Tcreate", about), H5Tclose);
  check(H5Tinsert(type.get(), "dataset", HOFFSET(ScaleUse, dataset), H5T_STD_REF_OBJ), "H5Tinsert", about);
  check(H5Tinsert(type.get(), "dimension", HOFFSET(ScaleUse, axis), H5T_NATIVE_INT), "H5Tinsert", about);
  return type;
}

void write_new(hid_t owner, const std::string& about, const char* name, hid_t type, std::size_t count,
               const void* values) {
  const Handle space = list_space(count, about);
  const Handle attribute(check_id(H5Acreate2(owner, name, type, space.get(), H5P_DEFAULT, H5P_DEFAULT), "H5Acreate2",
                                  about),
                         H5Aclose);
  check(H5Awrite(attribute.get(), type, values), "H5Awrite", about);
}

std::vector<ScaleUse> read_uses(hid_t scale, const std::string& about, hid_t type) {
  const Handle attribute(check_id(H5Aopen(scale, reference_list, H5P_DEFAULT), "H5Aopen", about), H5Aclose);
  const Handle space(check_id(H5Aget_space(attribute.get()), "H5Aget_space", about), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  check(count < 0 ? -1 : 0, "H5Sget_simple_extent_npoints", about);
  std::vector<ScaleUse> uses(static_cast<std::size_t>(count));
  check(H5Aread(attribute.get(), type, uses.data()), "H5Aread", about);
  return uses;
}

/// How long a list of so many uses is made that grows in a later commit. HDF5 writes an attribute anew for each other
/// length, and nothing is freed: the file would grow with the square of the number of commits that add a field.
std::size_t list_capacity(std::size_t count) {
  constexpr std::size_t few = 16;
  constexpr std::size_t max_in_header = 4000;  // HDF5 keeps attributes of 64 KiB elsewhere
  const std::size_t wanted = count <= few ? count : count + count / 2;
  return count <= max_in_header ? std::min(wanted, max_in_header) : wanted;
}

}  // namespace

hobj_ref_t reference_to(hid_t object, const std::string& about) { return reference_to(object, ".", about); }

hobj_ref_t reference_to(hid_t file, const std::string& path, const std::string& about) {
  hobj_ref_t reference = 0;
  check(H5Rcreate(&reference, file, path.c_str(), H5R_OBJECT, H5I_INVALID_HID), "H5Rcreate", about);
  return reference;
}

void write_dimension_list(hid_t dataset, const std::string& about, const std::vector<hobj_ref_t>& scales) {
  const std::string what = about + "@" + dimension_list;
  const Handle type(check_id(H5Tvlen_create(H5T_STD_REF_OBJ), "H5Tvlen_create", what), H5Tclose);
  std::vector<hobj_ref_t> references = scales;
  std::vector<hvl_t> of_axes;
  of_axes.reserve(references.size());
  for (hobj_ref_t& reference : references) of_axes.push_back({1, &reference});
  write_new(dataset, what, dimension_list, type.get(), of_axes.size(), of_axes.data());
}

std::vector<ScaleUse> read_reference_list(hid_t scale, const std::string& about) {
  const std::string what = about + "@" + reference_list;
  const htri_t exists = H5Aexists(scale, reference_list);
  check(exists, "H5Aexists", what);
  if (exists == 0) return {};
  return read_uses(scale, what, use_type(what).get());
}

void extend_reference_list(hid_t scale, const std::string& about, const std::vector<ScaleUse>& uses) {
  const std::string what = about + "@" + reference_list;
  const Handle type = use_type(what);
  const htri_t exists = H5Aexists(scale, reference_list);
  check(exists, "H5Aexists", what);
  if (exists == 0) return write_new(scale, what, reference_list, type.get(), uses.size(), uses.data());
  std::vector<ScaleUse> all = read_uses(scale, what, type.get());
  const std::size_t capacity = all.size();
  while (all.size() > 1 && all[all.size() - 2] == all.back()) all.pop_back();
  all.insert(all.end(), uses.begin(), uses.end());
  const std::size_t count = all.size();
  all.resize(count <= capacity ? capacity : list_capacity(count), all.back());
  if (count <= capacity) {
    const Handle attribute(check_id(H5Aopen(scale, reference_list, H5P_DEFAULT), "H5Aopen", what), H5Aclose);
    return check(H5Awrite(attribute.get(), type.get(), all.data()), "H5Awrite", what);
  }
  check(H5Adelete(scale, reference_list), "H5Adelete", what);
  write_new(scale, what, reference_list, type.get(), all.size(), all.data());
}

std::string scale_path(hid_t dataset, unsigned axis, const std::string& about) {
  std::string path;
  const auto note = [](hid_t, unsigned, hid_t scale, void* to) -> herr_t {
    try {
      std::string& name = *static_cast<std::string*>(to);
      const ssize_t length = H5Iget_name(scale, nullptr, 0);
      if (length <= 0) return -1;
      name.resize(static_cast<std::size_t>(length) + 1);
      H5Iget_name(scale, name.data(), name.size());
      name.pop_back();
      return 1;  // the first one
    } catch (...) {
      return -1;
    }
  };
  const int count = H5DSget_num_scales(dataset, axis);
  check(count, "H5DSget_num_scales", about);
  if (count > 0) check(H5DSiterate_scales(dataset, axis, nullptr, note, &path), "H5DSiterate_scales", about);
  return path;
}

void attach_scales(hid_t file, const std::vector<ScaledDataset>& datasets) {
  std::map<std::string, std::vector<ScaleUse>> by_scale;
  for (const auto& [path, scales] : datasets) {
    if (scales.empty()) continue;
    const Handle dataset(check_id(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
    if (std::ranges::find(scales, "") == scales.end()) {
      std::vector<hobj_ref_t> references;
      references.reserve(scales.size());
      for (const std::string& scale : scales) references.push_back(reference_to(file, scale, scale));
      write_dimension_list(dataset.get(), path, references);
      const hobj_ref_t own = reference_to(dataset.get(), path);
      for (std::size_t axis = 0; axis < scales.size(); ++axis) {
        by_scale[scales[axis]].push_back({own, static_cast<int>(axis)});
      }
      continue;
    }
    for (std::size_t axis = 0; axis < scales.size(); ++axis) {
      if (scales[axis].empty()) continue;
      const Handle scale(check_id(H5Dopen2(file, scales[axis].c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
      check(H5DSattach_scale(dataset.get(), scale.get(), static_cast<unsigned>(axis)), "H5DSattach_scale", path);
    }
  }
  for (const auto& [path, uses] : by_scale) {
    const Handle scale(check_id(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
    extend_reference_list(scale.get(), path, uses);
  }
}

}  // namespace tessera::hdf5
