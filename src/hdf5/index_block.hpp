#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"

/// \file
/// Blocks of metadata that are read here, not by HDF5. HDF5 file format specification 3.0.

namespace tessera::hdf5 {

/// Bytes of a file.
struct FileRange {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  friend bool operator==(const FileRange&, const FileRange&) = default;
};

/// Where the blocks of an index come from.
struct IndexSource {
  /// All bytes at an offset of a file of `length` bytes. \throws Error storage
  FunctionRef<void(std::uint64_t offset, std::span<std::byte> bytes)> read;
  std::uint64_t length = 0;
  std::uint64_t base = 0;         ///< what addresses in the file are counted from
  std::vector<FileRange> blocks;  ///< those that were read
};

inline constexpr std::uint64_t no_address = ~std::uint64_t{0};

/// Little-endian numbers one after the other. What lies behind the end reads as 0: whoever makes a cursor has looked.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t bytes) noexcept;
  void skip(std::size_t bytes) noexcept;

 private:
  std::span<const std::byte> bytes_;
};

/// One block: its signature was looked at, and its checksum, where it has one at its end.
class IndexBlock {
 public:
  enum class Checksum : std::uint8_t { at_end, none };

  /// \param address as the file has it \param bytes of the whole block
  /// \throws Error hdf5 which names the block and its place
  IndexBlock(IndexSource& source, std::uint64_t address, std::uint64_t bytes, std::string_view signature,
             Checksum checksum = Checksum::at_end);

  /// Behind the signature; valid as long as the block.
  Cursor content() const& { return Cursor(std::span(bytes_).subspan(signature_bytes_)); }
  Cursor content() const&& = delete;
  /// All of it.
  std::span<const std::byte> bytes() const& { return bytes_; }
  std::span<const std::byte> bytes() const&& = delete;

 private:
  std::vector<std::byte> bytes_;
  std::size_t signature_bytes_;
};

/// \throws Error hdf5: "the chunk index ... is damaged: "
[[noreturn]] void damaged_index(std::string_view block, std::uint64_t address, std::string_view why);

}  // namespace tessera::hdf5
