#pragma once

#include <cstdint>

namespace tessera::pipeline {

/// Where the file ends and whether there is free space before that, which rank 0 alone knows, in the one word that goes
/// along with an agreement. 0: rank 0 cannot tell.
class FileEnd {
 public:
  explicit FileEnd(std::uint64_t word) noexcept : word_(word) {}
  /// \param end a multiple of 8
  FileEnd(std::uint64_t end, bool has_free_space) noexcept : word_(end | (has_free_space ? free_space : 0)) {}

  bool is_known() const noexcept { return word_ != 0; }
  std::uint64_t end() const noexcept { return word_ & ~free_space; }
  bool has_free_space() const noexcept { return (word_ & free_space) != 0; }
  std::uint64_t word() const noexcept { return word_; }

 private:
  static constexpr std::uint64_t free_space = 1;
  std::uint64_t word_;
};

}  // namespace tessera::pipeline
