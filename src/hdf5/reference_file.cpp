#include "hdf5/reference_file.hpp"

#include <hdf5.h>

#include "hdf5/check.hpp"
#include "hdf5/creation_lists.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/tree.hpp"
#include "hdf5/virtual_parts.hpp"

namespace tessera::hdf5 {

namespace {

std::vector<hsize_t> extents_of(const Index& index) { return {index.begin(), index.end()}; }

Handle space_of(const Index& shape, const std::string& about) {
  const auto extents = extents_of(shape);
  return {check_id(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), "H5Screate_simple",
                   about),
          H5Sclose};
}

/// With the oldest formats that do, and so a superblock without flags: in the image H5Fget_file_image clears those of a
/// newer one, and leaves its checksum as it was.
Handle memory_access_list() {
  constexpr std::size_t increment = 64u << 10;  // bytes by which the memory grows
  Handle list(check_id(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate", "a file in memory"), H5Pclose);
  check(H5Pset_libver_bounds(list.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), "H5Pset_libver_bounds",
        "a file in memory");
  check(H5Pset_fapl_core(list.get(), increment, false), "H5Pset_fapl_core", "a file in memory");
  return list;
}

void add(hid_t file, const std::string& other, const ReferenceFile::Link& link) {
  const Handle list = link_list(link.path);
  check(H5Lcreate_external(other.c_str(), link.target.c_str(), file, link.path.c_str(), list.get(), H5P_DEFAULT),
        "H5Lcreate_external", link.path);
}

Handle virtual_list(const std::string& about) {
  Handle list(check_id(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate", about), H5Pclose);
  check(H5Pset_obj_track_times(list.get(), false), "H5Pset_obj_track_times", about);
  return list;
}

void create(hid_t file, const std::string& path, DataType type, hid_t space, hid_t list) {
  const Handle links = link_list(path);
  const Handle made(check_id(H5Dcreate2(file, path.c_str(), file_type(type).get(), space, links.get(), list,
                                        H5P_DEFAULT),
                             "H5Dcreate2", path),
                    H5Dclose);
}

void select(const Handle& space, const Index& begin, const Index& extents, const std::string& about) {
  const auto start = extents_of(begin);
  const auto count = extents_of(extents);
  check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "H5Sselect_hyperslab", about);
}

void add(hid_t file, const std::string& other, const ReferenceFile::View& view) {
  const Handle space = space_of(view.shape, view.path);
  const Handle source = space_of(view.target_shape, view.path);
  select(source, Index::filled(view.count.size(), 0), view.count, view.path);
  const Handle list = virtual_list(view.path);
  check(H5Pset_virtual(list.get(), space.get(), as_pattern(other).c_str(), as_pattern(view.target).c_str(),
                       source.get()),
        "H5Pset_virtual", view.path);
  create(file, view.path, view.type, space.get(), list.get());
}

void add(hid_t file, const std::string& other, const ReferenceFile::Mosaic& mosaic) {
  const Handle space = space_of(mosaic.shape, mosaic.path);
  const Handle list = virtual_list(mosaic.path);
  for (const auto& tile : mosaic.tiles) {
    const Handle source = space_of(tile.target_shape, mosaic.path);
    select(source, tile.from, tile.count, mosaic.path);
    select(space, tile.at, tile.shape, mosaic.path);
    const std::string file_name = tile.of_own ? "." : as_pattern(other);
    check(H5Pset_virtual(list.get(), space.get(), file_name.c_str(), as_pattern(tile.target).c_str(), source.get()),
          "H5Pset_virtual", mosaic.path);
  }
  check(H5Sselect_all(space.get()), "H5Sselect_all", mosaic.path);
  create(file, mosaic.path, mosaic.type, space.get(), list.get());
}

void add(hid_t file, const ReferenceFile::Alias& alias) {
  const Handle list = link_list(alias.path);
  check(H5Lcreate_hard(file, alias.target.c_str(), file, alias.path.c_str(), list.get(), H5P_DEFAULT), "H5Lcreate_hard",
        alias.path);
}

void write(Tree& tree, const ReferenceFile::Stream& stream) {
  const hid_t dataset = tree.dataset(stream.path);
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", stream.path), H5Sclose);
  std::int64_t written = 0;
  stream.produce([&](std::span<const std::int64_t> piece) {
    if (piece.empty()) return;
    select(space, {written}, {std::ssize(piece)}, stream.path);
    const Handle memory = space_of({std::ssize(piece)}, stream.path);
    check(H5Dwrite(dataset, H5T_NATIVE_INT64, memory.get(), space.get(), H5P_DEFAULT, piece.data()), "H5Dwrite",
          stream.path);
    written += std::ssize(piece);
  });
}

std::vector<std::byte> image_of(hid_t file) {
  const char* about = "a file in memory";
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "H5Fflush", about);
  const auto size = H5Fget_file_image(file, nullptr, 0);
  check(size < 0 ? -1 : 0, "H5Fget_file_image", about);
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  check(H5Fget_file_image(file, bytes.data(), bytes.size()) < 0 ? -1 : 0, "H5Fget_file_image", about);
  return bytes;
}

}  // namespace

std::vector<std::byte> file_image(const ReferenceFile& file) {
  const LibraryLock lock;
  const Quiet quiet;
  const Handle access = memory_access_list();
  const Handle creation = file_creation_list();
  // No file of this name comes about, but HDF5 refuses one that it has open already.
  Tree tree({check_id(H5Fcreate("tessera: a file in memory", H5F_ACC_TRUNC, creation.get(), access.get()), "H5Fcreate",
                      "a file in memory"),
             H5Fclose},
            true);
  tree.apply(file.own);
  for (const auto& link : file.links) add(tree.file(), file.other, link);
  for (const auto& view : file.views) add(tree.file(), file.other, view);
  for (const auto& mosaic : file.mosaics) add(tree.file(), file.other, mosaic);
  for (const auto& stream : file.streams) write(tree, stream);
  for (const auto& alias : file.aliases) add(tree.file(), alias);
  auto bytes = image_of(tree.file());
  tree.close();
  return bytes;
}

}  // namespace tessera::hdf5
