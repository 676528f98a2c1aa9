#include "hdf5/tree_driver.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"
#include "hdf5/driver_table.hpp"
#include "hdf5/global_heap.hpp"
#include "hdf5/heap_references.hpp"
#include "hdf5/tree.hpp"

namespace tessera::hdf5 {

namespace {

/// Blocks that others point at come first: raw data and leaves of a chunk index, then its inner blocks, then its
/// header, then object headers, which say how long a dataset is. Signatures: HDF5 file format specification 3.0,
/// section III.
int order_of(const std::vector<std::byte>& block) {
  if (block.size() < 4) return 0;
  const std::string_view signature(reinterpret_cast<const char*>(block.data()), 4);
  static constexpr std::string_view late[] = {"EADB", "EASB", "EAIB", "EAHD", "FAHD", "OCHK", "OHDR"};
  const auto found = std::find(std::begin(late), std::end(late), signature);
  return found == std::end(late) ? 0 : 1 + static_cast<int>(found - std::begin(late));
}

/// A tree's working set is the ends of its chunk indexes. With HDF5's usual caches (2 to 32 MiB of metadata for a file,
/// and places for 521 chunks for each open dataset) many trees would take much memory.
void set_small_caches(hid_t access) {
  check(H5Pset_cache(access, 0, 7, std::size_t{64} << 10, 1.0), "H5Pset_cache", "a metadata tree");
  H5AC_cache_config_t metadata{};
  metadata.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  check(H5Pget_mdc_config(access, &metadata), "H5Pget_mdc_config", "a metadata tree");
  metadata.set_initial_size = true;
  metadata.initial_size = metadata.min_size = std::size_t{128} << 10;
  metadata.max_size = std::size_t{1} << 20;
  check(H5Pset_mdc_config(access, &metadata), "H5Pset_mdc_config", "a metadata tree");
}

bool has_signature(std::span<const std::byte> block, std::string_view signature) {
  return block.size() >= signature.size() && std::memcmp(block.data(), signature.data(), signature.size()) == 0;
}

[[noreturn]] void defect(const std::string& what) { throw Error(ErrorCode::internal, "tree driver: " + what); }

constexpr const char* file_name = "tessera metadata tree";

Handle access_list(TreeDriver& driver) {
  Handle access = file_access_list();
  use_tree_driver(access.get(), driver);
  set_small_caches(access.get());
  return access;
}

/// The file's list of creation properties says nothing of the superblock's extension, an object that HDF5 makes with
/// its defaults for groups: these include four times of creation, so that no two files were alike. HDF5 2.x does not
/// let its defaults be changed: there they are not.
class UntrackedTimes {
 public:
  UntrackedTimes() {
    check(H5Pget_obj_track_times(H5P_GROUP_CREATE_DEFAULT, &before_), "H5Pget_obj_track_times", file_name);
    set(false);
  }
  ~UntrackedTimes() { set(before_); }
  UntrackedTimes(const UntrackedTimes&) = delete;
  UntrackedTimes& operator=(const UntrackedTimes&) = delete;

 private:
  static void set([[maybe_unused]] hbool_t tracked) {
#if !H5_VERSION_GE(2, 0, 0)
    H5Pset_obj_track_times(H5P_GROUP_CREATE_DEFAULT, tracked);
#endif
  }

  hbool_t before_ = true;
};

}  // namespace

Handle TreeDriver::create() {
  const UntrackedTimes untracked;
  const Handle access = access_list(*this);
  const Handle creation = file_creation_list();
  // No free-space manager: nothing is freed, and superblock 2 or newer follows from it.
  check(H5Pset_file_space_strategy(creation.get(), H5F_FSPACE_STRATEGY_NONE, false, 1), "H5Pset_file_space_strategy",
        "a metadata tree");
  Handle file = opened_file(H5Fcreate(file_name, H5F_ACC_TRUNC, creation.get(), access.get()), "H5Fcreate");
  has_root_ = true;
  return file;
}

Handle TreeDriver::open_found(const Superblock& superblock) {
  std::ranges::copy(superblock.bytes(), superblock_.begin());
  superblock_bytes_ = superblock.bytes().size();
  superblock_allocated_ = is_found_ = has_root_ = true;
  return open_again();
}

Handle TreeDriver::open_again() {
  foreign_.clear();
  failure_.reset();  // what HDF5 tried to write when it closed the file is not part of it
  read_failed_ = false;
  const Handle access = access_list(*this);
  return opened_file(H5Fopen(file_name, is_found_ ? H5F_ACC_RDONLY : H5F_ACC_RDWR, access.get()), "H5Fopen");
}

/// Where it is the driver that failed HDF5, what that met is thrown.
Handle TreeDriver::opened_file(hid_t file, const char* call) {
  if (file < 0 && failure_) throw *take_failure();
  return {check_id(file, call, "a metadata tree"), H5Fclose};
}

void TreeDriver::lacks_memory() noexcept {
  if (!failure_) failure_ = preallocated_error(ErrorCode::out_of_memory);
}

void TreeDriver::arm(std::uint64_t address, std::uint64_t size) { armed_ = Armed{address, size, 0, 0}; }

void TreeDriver::disarm() {
  const auto armed = std::exchange(armed_, std::nullopt);
  if (!armed || armed->allocations != 1 || armed->writes != 1) {
    defect("HDF5 did not allocate and write a chunk exactly once");
  }
}

haddr_t TreeDriver::found() {
  const auto sought = std::exchange(sought_, std::nullopt);
  if (!sought || sought->address == HADDR_UNDEF) throw Error(ErrorCode::hdf5, "HDF5 did not say where a chunk lies");
  return sought->address;
}

haddr_t TreeDriver::allocate(H5FD_mem_t type, hsize_t size) noexcept {
  haddr_t address = HADDR_UNDEF;
  attempt(failure_, [&] { address = place(type, size); });
  return address;
}

haddr_t TreeDriver::place(H5FD_mem_t type, hsize_t size) {
  if (!superblock_allocated_) {
    // The first request of a new file is the superblock's.
    if (size != superblock_size) return HADDR_UNDEF;
    superblock_allocated_ = true;
    return 0;
  }
  // While a chunk is armed HDF5 may also ask for index blocks: only raw space of the armed size is the chunk's.
  if (armed_ && type == H5FD_MEM_DRAW) {
    if (size != armed_->size) return HADDR_UNDEF;
    ++armed_->allocations;
    return armed_->address;
  }
  if (header_ != 0 && type == H5FD_MEM_OHDR) {
    foreign_.insert(header_);
    return std::exchange(header_, 0);
  }
  return place_block(size);
}

/// A root lies behind all that was there, so where no root ever lay: by its address the record of old trees knows which
/// tree is the file (tree_record.hpp).
haddr_t TreeDriver::place_block(hsize_t size) {
  if (uses_arena_) {
    if (const auto again = arena_.take(size)) return note_new(*again);
  }
  const std::uint64_t address = has_root_ ? note_new(space_.allocate_block(size, this)) : space_.allocate(size, this);
  own_.add(address, address + size);
  if (uses_arena_) arena_.add(address, address + size);
  return address;
}

std::uint64_t TreeDriver::note_new(std::uint64_t address) {
  if (address < new_from_) new_before_.insert(address);
  return address;
}

void TreeDriver::disarm_header() {
  if (std::exchange(header_, 0) != 0) defect("HDF5 did not ask for an object header");
}

haddr_t TreeDriver::end() const noexcept {
  if (!superblock_allocated_) return 0;
  return space_.may_grow(this) ? space_.exact_end() : space_.end();
}

void TreeDriver::set_end(haddr_t end) noexcept {
  if (!superblock_allocated_ || end <= this->end()) return;
  attempt(failure_, [&] {
    if (!space_.may_grow(this)) defect("HDF5 let a block grow into what lies behind it");
    arena_.lengthen(space_.exact_end(), end);
    own_.lengthen(space_.exact_end(), end);
    space_.grow(end);
  });
}

bool TreeDriver::read(H5FD_mem_t type, haddr_t address, std::size_t size, void* buffer) noexcept {
  if (sought_ && type == H5FD_MEM_DRAW && size == sought_->size) {
    sought_->address = address;
    return true;
  }
  std::optional<Error> failure;
  attempt(failure, [&] {
    auto* out = static_cast<std::byte*>(buffer);
    if (address < superblock_bytes_) {
      if (address + size > superblock_bytes_) throw Error(ErrorCode::hdf5, "a damaged address, of the superblock");
      std::memcpy(out, superblock_.data() + address, size);
      return;
    }
    if (address == shown_empty_) {
      std::fill_n(out, size, std::byte{});
      std::copy_n(empty_group_.begin(), std::min(size, empty_group_.size()), out);
      return;
    }
    auto block = first_touching(address, size);
    const bool is_kept =
        block != kept_.end() && block->first <= address && address + size <= block->first + block->second.size();
    if (is_kept) {
      std::memcpy(out, block->second.data() + (address - block->first), size);
      return;
    }
    if (file_ == nullptr) defect("a read after the file was closed");
    file_->read(address, {out, size});
    if (!is_sound_heap({out, size})) throw Error(ErrorCode::hdf5, "a damaged global heap");
    if (is_found_) {
      const auto read_stored = [&](std::uint64_t offset, std::span<std::byte> bytes) { file_->read(offset, bytes); };
      require_sound(type, address, {out, size}, {read_stored, end(), 0});
    }
    for (; block != kept_.end() && block->first < address + size; ++block) {
      const haddr_t from = std::max(address, block->first);
      const haddr_t to = std::min<haddr_t>(address + size, block->first + block->second.size());
      if (from < to) std::memcpy(out + (from - address), block->second.data() + (from - block->first), to - from);
    }
    if (has_signature({out, size}, "EAHD") || has_signature({out, size}, "FAHD")) array_ = address;
  });
  read_failed_ = read_failed_ || failure.has_value();
  if (failure && !failure_) failure_ = failure;
  return !failure;
}

void TreeDriver::write(haddr_t address, std::size_t size, const void* buffer) noexcept {
  if (retired_ || is_found_) return;
  attempt(failure_, [&] {
    const auto* bytes = static_cast<const std::byte*>(buffer);
    if (address < superblock_size) {
      if (address + size > superblock_size) defect("a write across the superblock's end");
      std::memcpy(superblock_.data() + address, bytes, size);
      return;
    }
    if (armed_ && address == armed_->address && size == armed_->size) {
      ++armed_->writes;
      return;
    }
    if (foreign_.contains(address)) {
      if (empty_group_.empty()) empty_group_.assign(bytes, bytes + size);
      return;
    }
    if (!writable_) defect("HDF5 wrote to the published tree");
    keep(address, size, bytes);
  });
}

/// The first kept block that ends behind `address`.
TreeDriver::Blocks::iterator TreeDriver::first_touching(haddr_t address, std::size_t) {
  auto block = kept_.upper_bound(address);
  if (block != kept_.begin()) {
    const auto before = std::prev(block);
    if (before->first + before->second.size() > address) return before;
  }
  return block;
}

void TreeDriver::keep(haddr_t address, std::size_t size, const std::byte* bytes) {
  const auto block = first_touching(address, size);
  const bool touches = block != kept_.end() && block->first < address + size;
  if (touches && block->first <= address && address + size <= block->first + block->second.size()) {
    std::memcpy(block->second.data() + (address - block->first), bytes, size);
    return;
  }
  // A block that was cut differently than before: what it was comes first. One that grew has the same begin.
  const bool grew = touches && block->first == address &&
                    (std::next(block) == kept_.end() || std::next(block)->first >= address + size);
  if (touches && !grew) emit();
  kept_.insert_or_assign(address, std::vector<std::byte>(bytes, bytes + size));
}

void TreeDriver::emit() {
  std::vector<const Blocks::value_type*> blocks;
  for (const auto& block : kept_) blocks.push_back(&block);
  const auto key = [this](const Blocks::value_type* block) {
    const bool is_new = block->first >= new_from_ || new_before_.contains(block->first);
    return is_new ? -1 : order_of(block->second);
  };
  std::stable_sort(blocks.begin(), blocks.end(), [&](const auto* a, const auto* b) { return key(a) < key(b); });
  for (const auto* block : blocks) file_->write(block->first, block->second);
  kept_.clear();
  // HDF5 refuses a file that is shorter than the end that its superblock states.
  file_->grow(end());
}

void TreeDriver::publish() {
  space_.seal();
  file_->write(0, superblock());
  new_from_ = space_.end();
  new_before_.clear();
  foreign_.clear();
}

}  // namespace tessera::hdf5
