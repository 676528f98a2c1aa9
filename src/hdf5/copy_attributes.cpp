#include "hdf5/copy_attributes.hpp"

#include <vector>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/stored_attribute.hpp"

namespace tessera::hdf5 {

namespace {

/// The scale of each axis, by a DIMENSION_LIST; fewer where one is not among `scales`.
std::vector<std::string> scales_of(const StoredAttribute& list, const Addresses& scales) {
  std::vector<std::string> paths;
  const auto* of_axes = reinterpret_cast<const hvl_t*>(list.bytes().data());
  const std::size_t axes = list.bytes().size() / sizeof(hvl_t);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const bool has_one = of_axes[axis].len == 1;
    const auto scale = has_one ? scales.find(*static_cast<const hobj_ref_t*>(of_axes[axis].p)) : scales.end();
    if (scale != scales.end()) paths.push_back(scale->second);
  }
  return paths;
}

void attach(Tree& to, const std::string& path, const StoredAttribute& list, const Addresses& scales) {
  schema::AttachScales attach{path, scales_of(list, scales)};
  if (attach.scales.size() != list.bytes().size() / sizeof(hvl_t)) {
    throw Error(ErrorCode::internal, path + ": an axis without its scale");
  }
  to.attach(attach);
}

void create_like(hid_t attribute, const StoredAttribute& values, hid_t type, hid_t to, const std::string& name,
                 const std::string& about) {
  const Handle list(check_id(H5Aget_create_plist(attribute), "H5Aget_create_plist", about), H5Pclose);
  const Handle copy(check_id(H5Acreate2(to, name.c_str(), type, values.space(), list.get(), H5P_DEFAULT), "H5Acreate2",
                             about),
                    H5Aclose);
  if (!values.bytes().empty()) check(H5Awrite(copy.get(), values.type(), values.bytes().data()), "H5Awrite", about);
}

}  // namespace

void copy_attributes(hid_t from, Tree& to, hid_t target, const std::string& path, const Addresses& scales) {
  each_attribute(from, path, [&](hid_t attribute, const std::string& name) {
    const std::string about = path + "@" + name;
    if (name == reference_list) return;
    const StoredAttribute values(attribute, about);
    if (name == dimension_list) return attach(to, path, values, scales);
    const htri_t refers = H5Tdetect_class(values.type(), H5T_REFERENCE);
    check(refers, "H5Tdetect_class", about);
    if (refers > 0) to.note_reference();
    create_like(attribute, values, values.type(), target, name, about);
  });
}

void copy_plain_attributes(hid_t from, hid_t to, const std::string& path, const AttributeChange& change) {
  each_attribute(from, path, [&](hid_t attribute, const std::string& name) {
    if (name == reference_list || name == dimension_list || change.without.contains(name)) return;
    if (H5Aexists(to, name.c_str()) > 0) return;
    const std::string about = path + "@" + name;
    const StoredAttribute values(attribute, about);
    if (H5Tdetect_class(values.type(), H5T_REFERENCE) > 0) return;  // of the old file
    const bool is_fill = change.single_precision && name == "_FillValue";
    create_like(attribute, values, is_fill ? H5T_IEEE_F32LE : values.type(), to, name, about);
  });
}

bool has_scales(hid_t dataset, const std::string& path, const Addresses& scales) {
  const htri_t has_list = H5Aexists(dataset, dimension_list);
  check(has_list, "H5Aexists", path);
  if (has_list == 0) return true;
  const Handle attribute(check_id(H5Aopen(dataset, dimension_list, H5P_DEFAULT), "H5Aopen", path), H5Aclose);
  const StoredAttribute list(attribute.get(), path);
  return scales_of(list, scales).size() == list.bytes().size() / sizeof(hvl_t);
}

}  // namespace tessera::hdf5
