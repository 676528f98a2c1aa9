#include "hdf5/stored_attribute.hpp"

#include "hdf5/check.hpp"

namespace tessera::hdf5 {

namespace {

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

}  // namespace

std::string attribute_name(hid_t attribute, const std::string& about) {
  const ssize_t size = H5Aget_name(attribute, 0, nullptr);
  check(size < 0 ? -1 : 0, "H5Aget_name", about);
  std::string name(static_cast<std::size_t>(size) + 1, '\0');
  check(H5Aget_name(attribute, name.size(), name.data()) < 0 ? -1 : 0, "H5Aget_name", about);
  name.pop_back();
  return name;
}

void each_attribute(hid_t owner, const std::string& about, FunctionRef<void(hid_t, const std::string& name)> call) {
  const int count = H5Aget_num_attrs(owner);
  check(count, "H5Aget_num_attrs", about);
  const H5_index_t order = order_of(owner, about);
  for (int number = 0; number < count; ++number) {
    const Handle attribute(check_id(H5Aopen_by_idx(owner, ".", order, H5_ITER_INC, static_cast<hsize_t>(number),
                                                   H5P_DEFAULT, H5P_DEFAULT),
                                    "H5Aopen_by_idx", about),
                           H5Aclose);
    call(attribute.get(), attribute_name(attribute.get(), about));
  }
}

StoredAttribute::StoredAttribute(hid_t attribute, const std::string& about)
    : type_(check_id(H5Aget_type(attribute), "H5Aget_type", about), H5Tclose),
      space_(check_id(H5Aget_space(attribute), "H5Aget_space", about), H5Sclose) {
  const hssize_t count = H5Sget_simple_extent_npoints(space_.get());
  check(count < 0 ? -1 : 0, "H5Sget_simple_extent_npoints", about);
  bytes_.resize(static_cast<std::size_t>(count) * H5Tget_size(type_.get()));
  if (!bytes_.empty()) check(H5Aread(attribute, type_.get(), bytes_.data()), "H5Aread", about);
  is_read_ = true;
}

StoredAttribute::~StoredAttribute() {
  if (is_read_ && !bytes_.empty()) H5Dvlen_reclaim(type_.get(), space_.get(), H5P_DEFAULT, bytes_.data());
}

}  // namespace tessera::hdf5
