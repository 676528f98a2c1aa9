#include "hdf5/input_driver.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"
#include "hdf5/driver_class.hpp"
#include "hdf5/global_heap.hpp"
#include "hdf5/heap_references.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";  ///< where a superblock begins

/// HDF5's file structure, then ours; HDF5 hands out pointers to the first member.
struct DriverFile {
  H5FD_t base;
  haddr_t end;
  std::shared_ptr<InputDriver> driver;  ///< stays as long as HDF5 has the file open
};

/// What travels in the access list to open(); HDF5 copies it as bytes.
struct DriverInfo {
  InputDriver* driver;
};

DriverFile& file_of(H5FD_t* file) { return *reinterpret_cast<DriverFile*>(file); }
const DriverFile& file_of(const H5FD_t* file) { return *reinterpret_cast<const DriverFile*>(file); }

/// HDF5 opens files in which a virtual dataset has its values with the driver of the dataset's own file, but without
/// what its access list says: by their names alone.
H5FD_t* open_input(const char* name, unsigned, hid_t access, haddr_t) {
  const auto* info = static_cast<const DriverInfo*>(H5Pget_driver_info(access));
  std::optional<Error> failure;  // HDF5 tries other places, and does not ask why
  DriverFile* file = nullptr;
  attempt(failure, [&] {
    auto driver = info != nullptr ? info->driver->shared_from_this() : std::make_shared<InputDriver>(name);
    file = new DriverFile{{}, 0, std::move(driver)};
    file->driver->opened();
  });
  return file == nullptr ? nullptr : &file->base;
}

herr_t close_input(H5FD_t* file) {
  file_of(file).driver->closed();
  delete &file_of(file);
  return 0;
}

/// No accumulator of metadata: HDF5 then reads each block by itself.
herr_t query_input(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_DATA_SIEVE;
  return 0;
}

haddr_t get_end(const H5FD_t* file, H5FD_mem_t) { return file_of(file).end; }

herr_t set_end(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  file_of(file).end = end;
  file_of(file).driver->set_end(end);
  return 0;
}

/// As it is now: a writer makes the file longer before it publishes that it is.
haddr_t get_length(const H5FD_t* file, H5FD_mem_t) {
  std::optional<Error> failure;
  haddr_t length = HADDR_UNDEF;
  attempt(failure, [&] { length = file_of(file).driver->file().size(); });
  return length;
}

herr_t read_block(H5FD_t* file, H5FD_mem_t type, hid_t, haddr_t address, size_t size, void* buffer) {
  return file_of(file).driver->read(type, address, size, buffer) ? 0 : -1;
}

herr_t write_block(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, size_t, const void*) { return -1; }

herr_t lock_file(H5FD_t* file, hbool_t) { return file_of(file).driver->file().lock() ? 0 : -1; }

herr_t unlock_file(H5FD_t* file) {
  file_of(file).driver->file().unlock();
  return 0;
}

hid_t& registration() {
  static hid_t id = H5I_INVALID_HID;
  return id;
}

/// H5close() was called: numbers of identifiers begin again.
herr_t forget_registration() {
  registration() = H5I_INVALID_HID;
  return 0;
}

H5FD_class_t make_table() {
  H5FD_class_t table = driver_class("tessera_input", 601);
  table.terminate = forget_registration;
  table.fapl_size = sizeof(DriverInfo);
  table.open = open_input;
  table.close = close_input;
  table.query = query_input;
  table.get_eoa = get_end;
  table.set_eoa = set_end;
  table.get_eof = get_length;
  table.read = read_block;
  table.write = write_block;
  table.lock = lock_file;
  table.unlock = unlock_file;
  return table;
}

hid_t driver_id() {
  static const H5FD_class_t table = make_table();
  if (registration() < 0) registration() = check_id(H5FDregister(&table), "H5FDregister", "the input driver");
  return registration();
}

}  // namespace

InputDriver::InputDriver(const std::string& path) : path_(path), file_(path), superblock_(read_superblock()) {}

InputDriver::ShownSuperblock InputDriver::read_superblock() const {
  ShownSuperblock bytes;
  file_.read_padded(0, bytes);
  return bytes;
}

bool InputDriver::is_current() const { return read_superblock() == superblock_; }

Handle InputDriver::open() {
  const Handle access(check_id(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate", path_), H5Pclose);
  const DriverInfo info{this};
  check(H5Pset_driver(access.get(), driver_id(), &info), "H5Pset_driver", path_);
  return {check_id(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.get()), "H5Fopen", path_), H5Fclose};
}

haddr_t InputDriver::found() {
  const auto sought = std::exchange(sought_, std::nullopt);
  if (sought && sought->address != HADDR_UNDEF) return sought->address;
  throw Error(ErrorCode::hdf5, "HDF5 did not say where a chunk of " + path_ + " lies");
}

bool InputDriver::read(H5FD_mem_t type, haddr_t address, std::size_t size, void* buffer) noexcept {
  if (sought_ && type == H5FD_MEM_DRAW && size == sought_->size) {
    sought_->address = address;
    return true;
  }
  std::optional<Error> failure;
  attempt(failure, [&] {
    auto* out = static_cast<std::byte*>(buffer);
    file_.read_padded(address, {out, size});
    if (!is_sound_heap({out, size})) throw Error(ErrorCode::hdf5, "a damaged global heap");
    if (size >= signature.size() && std::memcmp(out, signature.data(), signature.size()) == 0) base_ = address;
    const auto read_stored = [&](std::uint64_t offset, std::span<std::byte> bytes) {
      file_.read_padded(offset, bytes);
    };
    require_sound(type, address, {out, size}, {read_stored, end_, base_});
    if (address < superblock_.size()) {
      std::memcpy(out, superblock_.data() + address, std::min<std::size_t>(size, superblock_.size() - address));
    }
    if (blocks_ && type != H5FD_MEM_DRAW) blocks_->push_back(metadata_block(address, {out, size}));
  });
  if (failure && !failure_) failure_ = failure;
  return !failure;
}

}  // namespace tessera::hdf5
