#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::storage {

/// Who has a file system in common.
enum class Reach : std::uint8_t {
  unknown,
  local,     ///< one node: every access passes its kernel, which sees all writes at once, all locks, and who reads
  shared,    ///< nodes, through one server or a program that says nothing of writers
  parallel,  ///< nodes that write to one file at once, through many servers
};

/// What is known of the file system of a file.
struct FileSystem {
  std::uint32_t type = 0;      ///< f_type of statfs(2)
  std::string_view name = {};  ///< "ext4"; empty: one that is not in the table
  Reach reach = Reach::unknown;
  std::uint64_t block_bytes = 0;  ///< what it likes to be written at once: where it is parallel, a block or a stripe
};

/// Of an open file; nothing is known where that fails.
FileSystem file_system_of(int descriptor) noexcept;
/// Of a file or directory that is there.
FileSystem file_system_of(const std::string& path) noexcept;

/// What the table says of a type; nothing of its block.
FileSystem file_system_of_type(std::uint32_t type) noexcept;

/// \{ In one word, which one rank tells the others: of the block, what fits into 32 bits.
std::uint64_t to_word(const FileSystem& system) noexcept;
FileSystem file_system_of_word(std::uint64_t word) noexcept;
/// \}

/// "ext4", or "a file system of type 0x1234".
std::string to_string(const FileSystem& system);

}  // namespace tessera::storage
