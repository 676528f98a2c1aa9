#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tessera::storage {

/// A file that is read as offsets and bytes, by several threads at once.
class ReadOnlyFile {
 public:
  /// \throws Error storage
  explicit ReadOnlyFile(std::string path);
  ~ReadOnlyFile();
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;

  /// All bytes at `offset`. \throws Error storage, also where the file ends before
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;
  /// Up to so many; what lies behind the end of the file reads as zeros. \throws Error storage
  void read_padded(std::uint64_t offset, std::span<std::byte> bytes) const;

  /// Its length now. \throws Error storage
  std::uint64_t size() const;
  /// Its number in its file system: another one is another file, though it may have the same name.
  std::uint64_t inode() const noexcept { return inode_; }

  /// HDF5's lock of a reader, where the file system has locks. \returns whether nobody has it open for writing
  bool lock() const noexcept;
  void unlock() const noexcept;

 private:
  std::size_t read_some(std::uint64_t offset, std::span<std::byte> bytes) const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t inode_ = 0;
};

}  // namespace tessera::storage
