#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/handle.hpp"
#include "hdf5/metadata_block.hpp"
#include "hdf5/superblock.hpp"
#include "storage/read_only_file.hpp"

namespace tessera::hdf5 {

/// What HDF5 sees as a file that is read. It shows one superblock from begin to end, whatever a writer publishes
/// meanwhile, and so one tree; and it can tell where a chunk lies (find_chunk.hpp).
class InputDriver : public std::enable_shared_from_this<InputDriver> {
 public:
  /// \throws Error storage
  explicit InputDriver(const std::string& path);

  /// \throws Error hdf5
  Handle open();

  /// Whether HDF5 has it open: it closes what is open where another part of the program ends HDF5, or MPI ends.
  bool is_open() const noexcept { return times_open_ > 0; }
  /// \{ Called by HDF5 through the driver's table.
  void opened() noexcept { ++times_open_; }
  void closed() noexcept { --times_open_; }
  /// \}

  const storage::ReadOnlyFile& file() const noexcept { return file_; }
  /// Whether the superblock is still the one that is shown. \throws Error storage
  bool is_current() const;

  /// From here on notes which blocks of metadata HDF5 reads; those that it has in memory it does not read again.
  void note_blocks() { blocks_.emplace(); }
  /// In the order in which they were read.
  const std::vector<MetadataBlock>& blocks() const { return blocks_.value(); }
  /// Where the file ends, by its superblock.
  haddr_t end() const noexcept { return end_; }
  /// Where the header of its root group lies; see root_of().
  std::uint64_t root() const noexcept { return root_of(superblock_); }
  /// Called by HDF5 through the driver's table.
  void set_end(haddr_t end) noexcept { end_ = end; }

  /// HDF5 will be told to read a chunk of `size` bytes: its next request for that much raw data is not carried out, but
  /// noted.
  void look_for(std::uint64_t size) noexcept { sought_ = Sought{size, HADDR_UNDEF}; }
  /// Where that chunk lies. \throws Error hdf5 unless HDF5 asked for it
  haddr_t found();

  /// What a read met that HDF5 asked for; forgotten by this call. See work_through().
  std::optional<Error> take_failure() { return std::exchange(failure_, std::nullopt); }

  /// Called by HDF5 through the driver's table.
  bool read(H5FD_mem_t type, haddr_t address, std::size_t size, void* buffer) noexcept;

 private:
  struct Sought {
    std::uint64_t size = 0;
    haddr_t address = HADDR_UNDEF;
  };
  /// Of the superblock's versions 2 and 3, which our files have; of others it is some of it.
  static constexpr std::size_t superblock_size = 48;
  using ShownSuperblock = std::array<std::byte, superblock_size>;
  ShownSuperblock read_superblock() const;

  std::string path_;
  storage::ReadOnlyFile file_;
  ShownSuperblock superblock_;
  std::optional<Sought> sought_;
  std::optional<Error> failure_;
  haddr_t end_ = 0;
  haddr_t base_ = 0;  ///< where the superblock lies, as HDF5 found it
  int times_open_ = 0;
  std::optional<std::vector<MetadataBlock>> blocks_;
};

}  // namespace tessera::hdf5
