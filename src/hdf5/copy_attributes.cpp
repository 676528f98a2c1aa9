#include "hdf5/copy_attributes.hpp"

#include <vector>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"

namespace tessera::hdf5 {

namespace {

std::string name_of(hid_t attribute, const std::string& about) {
  const ssize_t size = H5Aget_name(attribute, 0, nullptr);
  check(size < 0 ? -1 : 0, "H5Aget_name", about);
  std::string name(static_cast<std::size_t>(size) + 1, '\0');
  check(H5Aget_name(attribute, name.size(), name.data()) < 0 ? -1 : 0, "H5Aget_name", about);
  name.pop_back();
  return name;
}

/// By creation, where the file keeps that order.
H5_index_t order_of(hid_t owner, const std::string& about) {
  const bool is_dataset = H5Iget_type(owner) == H5I_DATASET;
  const Handle list(check_id(is_dataset ? H5Dget_create_plist(owner) : H5Gget_create_plist(owner),
                             is_dataset ? "H5Dget_create_plist" : "H5Gget_create_plist", about),
                    H5Pclose);
  unsigned order = 0;
  check(H5Pget_attr_creation_order(list.get(), &order), "H5Pget_attr_creation_order", about);
  return order != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
}

/// An attribute's values as HDF5 has them in memory; texts of variable length are HDF5's.
class Values {
 public:
  Values(hid_t attribute, const std::string& about)
      : type_(check_id(H5Aget_type(attribute), "H5Aget_type", about), H5Tclose),
        space_(check_id(H5Aget_space(attribute), "H5Aget_space", about), H5Sclose) {
    const hssize_t count = H5Sget_simple_extent_npoints(space_.get());
    check(count < 0 ? -1 : 0, "H5Sget_simple_extent_npoints", about);
    bytes_.resize(static_cast<std::size_t>(count) * H5Tget_size(type_.get()));
    if (!bytes_.empty()) check(H5Aread(attribute, type_.get(), bytes_.data()), "H5Aread", about);
    is_read_ = true;
  }
  ~Values() {
    const bool has_pointers = H5Tdetect_class(type_.get(), H5T_VLEN) > 0 || H5Tis_variable_str(type_.get()) > 0;
    if (is_read_ && has_pointers && !bytes_.empty()) {
      H5Dvlen_reclaim(type_.get(), space_.get(), H5P_DEFAULT, bytes_.data());
    }
  }
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  hid_t type() const noexcept { return type_.get(); }
  hid_t space() const noexcept { return space_.get(); }
  const std::vector<char>& bytes() const noexcept { return bytes_; }

 private:
  Handle type_;
  Handle space_;
  std::vector<char> bytes_;
  bool is_read_ = false;
};

/// The scale of each axis, by a DIMENSION_LIST; fewer where one is not among `scales`.
std::vector<std::string> scales_of(const Values& list, const Addresses& scales) {
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

void attach(Tree& to, const std::string& path, const Values& list, const Addresses& scales) {
  schema::AttachScales attach{path, scales_of(list, scales)};
  if (attach.scales.size() != list.bytes().size() / sizeof(hvl_t)) {
    throw Error(ErrorCode::internal, path + ": an axis without its scale");
  }
  to.attach(attach);
}

}  // namespace

void copy_attributes(hid_t from, Tree& to, hid_t target, const std::string& path, const Addresses& scales) {
  const int count = H5Aget_num_attrs(from);
  check(count, "H5Aget_num_attrs", path);
  const H5_index_t order = order_of(from, path);
  for (int number = 0; number < count; ++number) {
    const Handle attribute(check_id(H5Aopen_by_idx(from, ".", order, H5_ITER_INC, static_cast<hsize_t>(number),
                                                   H5P_DEFAULT, H5P_DEFAULT),
                                    "H5Aopen_by_idx", path),
                           H5Aclose);
    const std::string name = name_of(attribute.get(), path);
    const std::string about = path + "@" + name;
    if (name == reference_list) continue;
    const Values values(attribute.get(), about);
    if (name == dimension_list) {
      attach(to, path, values, scales);
      continue;
    }
    const Handle list(check_id(H5Aget_create_plist(attribute.get()), "H5Aget_create_plist", about), H5Pclose);
    const Handle copy(check_id(H5Acreate2(target, name.c_str(), values.type(), values.space(), list.get(), H5P_DEFAULT),
                               "H5Acreate2", about),
                      H5Aclose);
    if (!values.bytes().empty()) check(H5Awrite(copy.get(), values.type(), values.bytes().data()), "H5Awrite", about);
  }
}

bool has_scales(hid_t dataset, const std::string& path, const Addresses& scales) {
  const htri_t has_list = H5Aexists(dataset, dimension_list);
  check(has_list, "H5Aexists", path);
  if (has_list == 0) return true;
  const Handle attribute(check_id(H5Aopen(dataset, dimension_list, H5P_DEFAULT), "H5Aopen", path), H5Aclose);
  const Values list(attribute.get(), path);
  return scales_of(list, scales).size() == list.bytes().size() / sizeof(hvl_t);
}

}  // namespace tessera::hdf5
