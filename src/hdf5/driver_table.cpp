#include "hdf5/driver_table.hpp"

#include <cstdint>
#include <new>

#include "hdf5/check.hpp"
#include "hdf5/driver_class.hpp"
#include "hdf5/tree_driver.hpp"

namespace tessera::hdf5 {

namespace {

/// HDF5's file structure, then ours; HDF5 hands out pointers to the first member.
struct DriverFile {
  H5FD_t base;
  TreeDriver* tree;
};

/// What travels in the access list to open(); HDF5 copies it as bytes.
struct DriverInfo {
  TreeDriver* tree;
};

TreeDriver& tree_of(H5FD_t* file) { return *reinterpret_cast<DriverFile*>(file)->tree; }
const TreeDriver& tree_of(const H5FD_t* file) { return *reinterpret_cast<const DriverFile*>(file)->tree; }

H5FD_t* open_tree(const char*, unsigned, hid_t access, haddr_t) {
  const auto* info = static_cast<const DriverInfo*>(H5Pget_driver_info(access));
  if (info == nullptr) return nullptr;
  auto* file = new (std::nothrow) DriverFile{};
  if (file == nullptr) {
    info->tree->lacks_memory();
    return nullptr;
  }
  file->tree = info->tree;
  file->tree->opened();
  return &file->base;
}

herr_t close_tree(H5FD_t* file) {
  tree_of(file).closed();
  delete reinterpret_cast<DriverFile*>(file);
  return 0;
}

/// No features: no accumulator and no aggregation, which would move blocks behind the driver's back.
herr_t query_tree(const H5FD_t*, unsigned long* flags) {
  *flags = 0;
  return 0;
}

haddr_t allocate(H5FD_t* file, H5FD_mem_t type, hid_t, hsize_t size) { return tree_of(file).allocate(type, size); }

/// Space is not reused: what a published tree points at must stay.
herr_t free_nothing(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, hsize_t) { return 0; }

haddr_t get_end(const H5FD_t* file, H5FD_mem_t) { return tree_of(file).end(); }

herr_t set_end(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  tree_of(file).set_end(end);
  return 0;
}

/// What HDF5 knows of the driver; H5close() ends that, and numbers of identifiers begin again, so an old one may be
/// somebody else's object.
struct Registration {
  hid_t id = H5I_INVALID_HID;
  std::uint64_t ends = 0;
};

Registration& registration() {
  static Registration one;
  return one;
}

herr_t forget_registration() {
  registration().id = H5I_INVALID_HID;
  ++registration().ends;
  return 0;
}

herr_t read_block(H5FD_t* file, H5FD_mem_t type, hid_t, haddr_t address, size_t size, void* buffer) {
  return tree_of(file).read(type, address, size, buffer) ? 0 : -1;
}

herr_t write_block(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size, const void* buffer) {
  tree_of(file).write(address, size, buffer);
  return 0;
}

/// No lock (status flags would keep readers out), no truncate (it would remove other trees), no flush (publish()
/// decides).
H5FD_class_t make_table() {
  H5FD_class_t table = driver_class("tessera", 600);
  table.terminate = forget_registration;
  table.fapl_size = sizeof(DriverInfo);
  table.open = open_tree;
  table.close = close_tree;
  table.query = query_tree;
  table.alloc = allocate;
  table.free = free_nothing;
  table.get_eoa = get_end;
  table.set_eoa = set_end;
  table.get_eof = get_end;
  table.read = read_block;
  table.write = write_block;
  return table;
}

hid_t driver_id() {
  static const H5FD_class_t table = make_table();
  hid_t& id = registration().id;
  if (id < 0) id = check_id(H5FDregister(&table), "H5FDregister", "the tree driver");
  return id;
}

}  // namespace

void use_tree_driver(hid_t access_list, TreeDriver& tree) {
  const DriverInfo info{&tree};
  check(H5Pset_driver(access_list, driver_id(), &info), "H5Pset_driver", "the tree driver");
}

std::uint64_t count_ends_of_hdf5() {
  driver_id();
  return registration().ends;
}

}  // namespace tessera::hdf5
