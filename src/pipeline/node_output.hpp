#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "comm/communicator.hpp"
#include "comm/node_memory.hpp"
#include "storage/file.hpp"
#include "storage/file_system.hpp"
#include "storage/striping.hpp"
#include "storage/turn_file.hpp"

namespace tessera::pipeline {

/// How many ranks of a node write at a time: what TESSERA_WRITERS_PER_NODE says; nothing where it is not set. Local.
/// \throws Error invalid_argument when that is no number
std::optional<std::uint64_t> writers_per_node();

/// The same where nobody said; 0: all at once.
std::uint64_t usual_writers(const storage::FileSystem& system) noexcept;

/// Whether ranks of a node share the space that they have ahead of time: what TESSERA_SHARE_SPACE says. Local.
/// \throws Error invalid_argument when that is neither 0 nor 1
bool is_space_shared();

/// Boundaries at which nodes had better not share the file: a block of the file system; no_blocks where it has none.
std::uint64_t block_of(const storage::FileSystem& system, const storage::Striping& striping) noexcept;

/// How a new file had better be spread: what TESSERA_STRIPES says, else as the directory says, unless that is one
/// storage target for ranks of several. Local. \param path where it will be created; the file system is its directory's
/// \throws Error invalid_argument when the environment variable is no number
storage::Striping striping_of(const storage::FileSystem& system, const std::string& path, int ranks, int nodes);

/// Whether TESSERA_STRIPES is set. Local.
bool stripes_are_asked_for() noexcept;

/// How the ranks of a node write to a file that is open: how many at a time, and at which boundaries of the file their
/// space begins. Rank 0's file system decides for all.
class NodeOutput {
 public:
  /// Collective. \param file stays there
  /// \param system of its directory
  /// \param asked  as writers_per_node(); rank 0's is taken
  /// \param striping that the file was given; on rank 0
  NodeOutput(const comm::Communicator& comm, storage::File& file, const storage::FileSystem& system,
             std::optional<std::uint64_t> asked, const storage::Striping& striping);

  /// The file, for chunks: any thread may write to it.
  storage::File& file() noexcept { return turns_ ? static_cast<storage::File&>(*turns_) : file_; }
  std::uint64_t block_bytes() const noexcept { return block_bytes_; }

  /// "ext4; of the 4 ranks of this node 1 writes at a time, as asked for", for Writer::explain.
  std::string to_text() const;

 private:
  storage::File& file_;
  storage::FileSystem system_;
  std::uint64_t asked_;    ///< 0: nobody said
  std::uint64_t writers_;  ///< at a time; 0: all
  std::uint64_t block_bytes_;
  std::uint64_t stripes_;  ///< 0: as the directory says
  int ranks_ = 1;          ///< of this node, where turns were wanted
  std::optional<comm::NodeMemory> memory_;
  std::optional<storage::TurnFile> turns_;
};

}  // namespace tessera::pipeline
