#include "hdf5/collective_file.hpp"

#include <algorithm>

#include "comm/check.hpp"
#include "comm/io_hints.hpp"
#include "hdf5/check.hpp"
#include "hdf5/driver_table.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/texts.hpp"

namespace tessera::hdf5 {

namespace {

/// The hyperslab of one box with its time index in front and all components behind.
struct Hyperslab {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
};

Hyperslab hyperslab_of(const Box& box, std::optional<std::int64_t> step, const Index& components) {
  Hyperslab slab;
  const auto add = [&slab](std::int64_t start, std::int64_t count) {
    slab.start.push_back(static_cast<hsize_t>(start));
    slab.count.push_back(static_cast<hsize_t>(count));
  };
  if (step) add(*step, 1);
  const Index extents = box.extents();
  for (std::size_t axis = 0; axis < box.rank(); ++axis) add(box.lower[axis], extents[axis]);
  for (const std::int64_t extent : components) add(0, extent);
  return slab;
}

/// Selects the union of the boxes; nothing where all are empty.
void select(hid_t space, std::optional<std::int64_t> step, std::span<const Box> boxes, const Index& components,
            const std::string& path) {
  H5S_seloper_t operation = H5S_SELECT_SET;
  for (const Box& box : boxes) {
    if (box.empty()) continue;
    const Hyperslab slab = hyperslab_of(box, step, components);
    check(H5Sselect_hyperslab(space, operation, slab.start.data(), nullptr, slab.count.data(), nullptr),
          "H5Sselect_hyperslab", path);
    operation = H5S_SELECT_OR;
  }
  if (operation == H5S_SELECT_SET) check(H5Sselect_none(space), "H5Sselect_none", path);
}

/// The box that the union of the boxes is; nothing where it is none, or empty. The boxes do not overlap.
std::optional<Box> union_of(std::span<const Box> boxes) {
  std::optional<Box> bounds;
  std::int64_t cells = 0;
  for (const Box& box : boxes) {
    if (box.empty()) continue;
    cells += box.volume();
    if (!bounds) bounds = box;
    for (std::size_t axis = 0; axis < box.rank(); ++axis) {
      bounds->lower[axis] = std::min(bounds->lower[axis], box.lower[axis]);
      bounds->upper[axis] = std::max(bounds->upper[axis], box.upper[axis]);
    }
  }
  return bounds && bounds->volume() == cells ? bounds : std::nullopt;
}

/// The shape of the memory. HDF5 compares it with the selection in the file: where they are alike it works with whole
/// rows, else it looks up element by element (H5D__chunk_mem_cb), several times slower. So one row only where there is
/// no box.
Handle memory_space(std::optional<std::int64_t> step, std::span<const Box> boxes, const Index& components,
                    const std::string& path) {
  std::vector<hsize_t> shape{0};
  std::int64_t of_cell = 1;
  for (const std::int64_t extent : components) of_cell *= extent;
  for (const Box& box : boxes) shape[0] += static_cast<hsize_t>(box.volume() * of_cell);
  const bool nothing = shape[0] == 0;
  if (boxes.size() == 1 && !nothing) shape = hyperslab_of(boxes.front(), step, components).count;
  Handle space(check_id(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), "H5Screate_simple",
                        path),
               H5Sclose);
  if (nothing) check(H5Sselect_none(space.get()), "H5Sselect_none", path);
  return space;
}

/// A cache for all metadata (as much as HDF5 allows) from the beginning. Ranks have to flush at the same calls, and
/// where HDF5 1.10.8 evicts metadata on one rank and not on the others, they do not: with some thousand datasets, of
/// which rank 0 alone writes values, it hangs. Delete this when that is no longer so; the test
/// mpi.limits.collective.np2 shows it.
void keep_metadata(hid_t access) {
  H5AC_cache_config_t config{};
  config.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  check(H5Pget_mdc_config(access, &config), "H5Pget_mdc_config", "the file");
  constexpr std::size_t max_bytes = std::size_t{128} << 20;
  config.set_initial_size = true;
  config.initial_size = config.max_size = max_bytes;
  config.incr_mode = H5C_incr__off;
  config.flash_incr_mode = H5C_flash_incr__off;
  config.decr_mode = H5C_decr__off;
  check(H5Pset_mdc_config(access, &config), "H5Pset_mdc_config", "the file");
}

}  // namespace

CollectiveFile::CollectiveFile(const comm::Communicator& comm, const std::string& path, const Hints& hints) {
  const AloneInHdf5 alone;
  ends_of_hdf5_ = count_ends_of_hdf5();
  const Handle access = file_access_list();
  const comm::IoHints info(hints);
  const comm::ErrorsReturn guard;  // MPI_File_open
  check(H5Pset_fapl_mpio(access.get(), comm.get(), info.get()), "H5Pset_fapl_mpio", path);
  // Collective metadata *writes* only: collective metadata reads are broken in 1.10.5 to 1.10.8
  // (HDF5 1.10.9 release notes; openPMD-api's documentation has the symptoms).
  check(H5Pset_coll_metadata_write(access.get(), true), "H5Pset_coll_metadata_write", path);
  keep_metadata(access.get());
  const Handle creation = file_creation_list();
  Handle file(check_id(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), "H5Fcreate", path),
              H5Fclose);
  transfer_ = Handle(check_id(H5Pcreate(H5P_DATASET_XFER), "H5Pcreate", path), H5Pclose);
  check(H5Pset_dxpl_mpio(transfer_.get(), H5FD_MPIO_COLLECTIVE), "H5Pset_dxpl_mpio", path);
  tree_.emplace(std::move(file), comm.rank() == 0, Tree::Shared());
  if (comm.rank() == 0) path_ = path;
}

void CollectiveFile::write(const std::string& path, DataType type, std::optional<std::int64_t> step,
                           std::span<const Box> boxes, const Index& components, const void* data) {
  const AloneInHdf5 alone;
  const hid_t dataset = tree_->dataset(path);
  const auto whole = union_of(boxes);
  if (whole) boxes = {&*whole, 1};
  const Handle file_space(check_id(H5Dget_space(dataset), "H5Dget_space", path), H5Sclose);
  select(file_space.get(), step, boxes, components, path);
  const Handle in_memory = memory_space(step, boxes, components, path);
  // HDF5 refuses a null pointer also where nothing is read from it.
  const char nothing = 0;
  check(H5Dwrite(dataset, memory_type(type).get(), in_memory.get(), file_space.get(), transfer_.get(),
                 data == nullptr ? &nothing : data),
        "H5Dwrite", path);
}

void CollectiveFile::flush() {
  const AloneInHdf5 alone;
  check(H5Fflush(tree_->file(), H5F_SCOPE_GLOBAL), "H5Fflush", "the file");
}

/// What HDF5 closed when it was ended is closed, and complete.
void CollectiveFile::close() {
  const AloneInHdf5 alone;
  if (is_lost()) return;
  tree_->close();
  if (!path_.empty()) write_kept_texts();
}

/// Parallel HDF5 writes no texts of variable length ("Parallel IO does not support writing VL"), also of one rank.
/// Delete this, and what keeps them, when it does.
void CollectiveFile::write_kept_texts() const {
  if (tree_->kept_texts().empty()) return;
  const Handle access = file_access_list();
  check(H5Pset_file_locking(access.get(), false, true), "H5Pset_file_locking", path_);  // this job has the lock
  const Handle file(check_id(H5Fopen(path_.c_str(), H5F_ACC_RDWR, access.get()), "H5Fopen", path_), H5Fclose);
  for (const schema::WriteTexts& texts : tree_->kept_texts()) {
    const Handle dataset(check_id(H5Dopen2(file.get(), texts.path.c_str(), H5P_DEFAULT), "H5Dopen2", texts.path),
                         H5Dclose);
    write_texts(dataset.get(), texts.texts, texts.path);
  }
  check(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "H5Fflush", path_);
}

CollectiveFile::~CollectiveFile() {
  const LibraryLock lock;
  if (is_lost()) {
    transfer_.release();
    if (tree_) tree_->forget();
  }
  tree_.reset();  // with the lock
  transfer_ = Handle();
}

bool CollectiveFile::is_lost() const {
  const LibraryLock lock;
  return count_ends_of_hdf5() != ends_of_hdf5_;
}

void CollectiveFile::require_open() const {
  if (!is_lost()) return;
  throw Error(ErrorCode::hdf5,
              "another part of the program has called H5close(), which closed the file; it holds the committed steps, "
              "but no more can be added: leave out H5close() until the writer is closed, or use Engine::direct");
}

}  // namespace tessera::hdf5
