#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage/file.hpp"

namespace tessera::hdf5 {

/// A file in memory that remembers every change.
class MemoryFile : public storage::File {
 public:
  struct Write {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t file_size = 0;  ///< of the file before this write
  };

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override;
  void read(std::uint64_t offset, std::span<std::byte> bytes) override;
  void grow(std::uint64_t size) override;
  void truncate(std::uint64_t size) override;
  void sync() override { syncs.push_back(writes.size()); }
  bool readers_noticed() override { return readers; }
  bool is_alone_by(std::chrono::steady_clock::time_point) override { return alone; }

  /// All of the file; what was never written is zero.
  std::vector<std::byte> content() const;

  /// Puts the present content into a real file, for stock HDF5.
  void save(const std::string& path) const;

  std::vector<std::byte> bytes;  ///< up to the last one written, so perhaps fewer than `length`
  std::pair<std::uint64_t, std::vector<std::byte>> behind_hole;  ///< the last write far behind the others, and where
  std::uint64_t length = 0;                                      ///< of the file; a hole at its end takes no memory
  std::vector<Write> writes;
  std::vector<std::size_t> syncs;  ///< for each sync: how many writes came before it
  bool fails = false;              ///< every write throws
  bool readers = true;             ///< somebody may have read the file
  bool alone = false;              ///< nobody has it open now
};

}  // namespace tessera::hdf5
