#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/arena.hpp"
#include "hdf5/block_list.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/space.hpp"
#include "hdf5/superblock.hpp"
#include "storage/file.hpp"

namespace tessera::hdf5 {

/// What HDF5 sees as the file when it keeps one metadata tree: the storage behind a custom virtual file driver.
///
/// - The first 48 bytes (the superblock) stay in memory: publish() writes them, and that is the only write in place
///   which a reader of the published tree can meet.
/// - Everything else that HDF5 writes is kept until emit(): blocks that are new to this tree first, then those that it
///   has written before, leaves before what points at them.
/// - Raw chunks are written by the ranks. arm() announces one; HDF5's next request for that much raw space gets its
///   address, and the write to it is dropped.
class TreeDriver {
 public:
  static constexpr std::size_t superblock_size = 48;

  TreeDriver(storage::File& file, Space& space) : file_(&file), space_(space) {}
  TreeDriver(const TreeDriver&) = delete;
  TreeDriver& operator=(const TreeDriver&) = delete;

  /// Creates an empty HDF5 file through this driver.
  Handle create();
  /// Opens a file that is there, made by whomever. It is only read: nothing of it is ever written.
  Handle open_found(const Superblock& superblock);
  /// Opens what was published last, where HDF5 has closed the file though nobody here asked for it: is_open() is false.
  Handle open_again();
  bool is_open() const noexcept { return times_open_ > 0; }

  /// May HDF5 write now? Between a publication and the tree's next replay it must not.
  void set_writable(bool writable) noexcept { writable_ = writable; }
  /// From here on writes are ignored: the tree is closed, and what is published stays as it is.
  void retire() noexcept { retired_ = true; }
  /// The same for a while, in which HDF5 closes the file.
  void ignore_writes(bool ignore) noexcept { retired_ = ignore; }
  /// For a retired tree that HDF5 could not close: it outlives the storage, so from here on reads fail.
  void detach() noexcept { file_ = nullptr; }

  /// The next chunk that is registered lies at `address` and has `size` bytes.
  void arm(std::uint64_t address, std::uint64_t size);
  /// \throws Error internal unless HDF5 allocated and wrote the armed chunk exactly once
  void disarm();

  /// From here on HDF5 gets space that is given up later, from the arena where that has some; or lasting space.
  void use_arena(bool use) noexcept { uses_arena_ = use; }
  Arena& arena() noexcept { return arena_; }
  /// Everything that this tree got space for, but chunks: it refers to all of that, and no tree without links does.
  BlockList& own_blocks() noexcept { return own_; }

  // Another tree's object can be linked to as chunks are registered: HDF5 makes an empty group, whose header gets the
  // address of the object that is there, and is not written. To take such a link away without the object, HDF5 is shown
  // an empty group in its place.

  /// The next object header that HDF5 makes is the one at `address`.
  void arm_header(std::uint64_t address) { header_ = address; }
  /// \throws Error internal unless HDF5 asked for it
  void disarm_header();
  /// HDF5 does not write to it any more: it has removed that group.
  void forget_header(std::uint64_t address) { foreign_.erase(address); }
  /// HDF5 has written the header of an empty group.
  bool has_empty_group() const noexcept { return !empty_group_.empty(); }
  /// HDF5 reads an empty group at this address; at none where that is 0.
  void show_empty_group(std::uint64_t address) noexcept { shown_empty_ = address; }

  /// HDF5 will be told to read a chunk of `size` bytes: its next request for that much raw data is not carried out, but
  /// noted.
  void look_for(std::uint64_t size) noexcept { sought_ = Sought{size, HADDR_UNDEF}; }
  /// Where that chunk lies. \throws Error internal unless HDF5 asked for it
  haddr_t found();

  // An index is copied block by block (array_copy.hpp). HDF5 then knows nothing of the copy, and has nothing of the
  // index in memory: this is for trees that were never published, and that are refreshed before and after.

  /// From here on it is noted which extensible or fixed array HDF5 opens.
  void look_for_array() noexcept { array_.reset(); }
  /// Where the header of the last one lies, unless HDF5 had it in memory.
  std::optional<std::uint64_t> found_array() const noexcept { return array_; }
  /// Space for a block, as HDF5 gets it.
  std::uint64_t make_block(std::uint64_t size) { return place(H5FD_MEM_BTREE, size); }
  /// \{ Blocks that are in the storage, none of which is kept. \throws Error storage
  void read_stored(std::uint64_t address, std::span<std::byte> bytes) const { file_->read(address, bytes); }
  void write_stored(std::uint64_t address, std::span<const std::byte> bytes) { file_->write(address, bytes); }
  /// \}

  /// Writes all kept blocks to the storage and grows it to the end that the superblock will state. \throws Error
  /// storage
  void emit();
  /// Makes this tree the file: writes the superblock. Everything else is emitted. \throws Error storage
  void publish();
  std::span<const std::byte> superblock() const noexcept { return std::span(superblock_).first(superblock_bytes_); }
  std::uint64_t root() const noexcept { return root_of(superblock()); }
  bool is_found() const noexcept { return is_found_; }

  /// What went wrong inside a callback of HDF5; forgotten by this call. Ask after every flush: HDF5 is told of failed
  /// reads only, since HDF5 1.10.8 can neither close a file nor end the process cleanly after a flush that failed.
  std::optional<Error> take_failure() { return std::exchange(failure_, std::nullopt); }
  /// Whether a read failed since the file was opened: HDF5 may go on with half of an object, and call that all of it.
  bool read_failed() const noexcept { return read_failed_; }

  // Called by HDF5 through the driver's table.
  haddr_t allocate(H5FD_mem_t type, hsize_t size) noexcept;
  void opened() noexcept { ++times_open_; }
  void lacks_memory() noexcept;
  void closed() noexcept { --times_open_; }
  /// What HDF5 takes for the end of the file, and the superblock states; 0 makes a new file of it. No block ends there
  /// but one that may grow.
  haddr_t end() const noexcept;
  /// HDF5 has let the last block grow; or it reads a superblock, which says nothing new.
  void set_end(haddr_t end) noexcept;
  bool read(H5FD_mem_t type, haddr_t address, std::size_t size, void* buffer) noexcept;
  void write(haddr_t address, std::size_t size, const void* buffer) noexcept;

 private:
  struct Armed {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    int allocations = 0;
    int writes = 0;
  };
  struct Sought {
    std::uint64_t size = 0;
    haddr_t address = HADDR_UNDEF;
  };
  using Blocks = std::map<haddr_t, std::vector<std::byte>>;

  haddr_t place(H5FD_mem_t type, hsize_t size);
  haddr_t place_block(hsize_t size);
  std::uint64_t note_new(std::uint64_t address);
  Handle opened_file(hid_t file, const char* call);
  void keep(haddr_t address, std::size_t size, const std::byte* bytes);
  Blocks::iterator first_touching(haddr_t address, std::size_t size);

  storage::File* file_;
  Space& space_;
  int times_open_ = 0;
  bool superblock_allocated_ = false;
  bool has_root_ = false;
  bool writable_ = true;
  bool retired_ = false;
  std::array<std::byte, Superblock::max_size> superblock_{};
  std::size_t superblock_bytes_ = superblock_size;
  bool is_found_ = false;  ///< the file that was there before
  std::optional<Armed> armed_;
  std::optional<Sought> sought_;
  std::optional<std::uint64_t> array_;  ///< header of the one that HDF5 has read last
  Arena arena_;
  BlockList own_;
  bool uses_arena_ = false;
  std::uint64_t header_ = 0;         ///< armed; 0: none
  std::set<std::uint64_t> foreign_;  ///< headers of other trees' objects that were linked to in this turn
  std::uint64_t shown_empty_ = 0;
  std::vector<std::byte> empty_group_;
  Blocks kept_;                 ///< by address, not overlapping
  std::uint64_t new_from_ = 0;  ///< blocks at or behind this address are new since the last publication, as are these
  std::set<std::uint64_t> new_before_;
  std::optional<Error> failure_;
  bool read_failed_ = false;
};

}  // namespace tessera::hdf5
