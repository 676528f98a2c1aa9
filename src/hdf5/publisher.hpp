#pragma once

#include <cstdint>

#include "hdf5/member.hpp"
#include "hdf5/reusable_space.hpp"
#include "hdf5/superblock.hpp"
#include "storage/file.hpp"
#include "storage/last_state.hpp"

namespace tessera::hdf5 {

/// Makes a tree of a TreeSet the file: the one place that writes superblocks. Knows which tree is published, and what
/// of the file belongs to trees.
class Publisher {
 public:
  Publisher(storage::File& file, Space& space, ReusableSpace& reusable, bool power_safe)
      : file_(file), space_(space), reusable_(reusable), power_safe_(power_safe), last_state_(file) {}

  /// The file is one that was there: new blocks come behind its end. \throws Error storage: it is shorter than it says
  void begin_behind(const Superblock& found);
  /// And this is its tree.
  void adopt(Member& found) noexcept;

  /// The tree of the file; nothing where none was written yet, or after forget().
  Member* published() const noexcept { return published_; }
  void forget() noexcept { published_ = nullptr; }
  /// Where its content ends.
  std::uint64_t published_end() const noexcept { return published_end_; }

  /// Writes what HDF5 keeps of the tree where no reader looks, then its superblock. \throws Error; the file then is as
  /// before, unless is_in_doubt()
  void publish(Member& member);

  /// The file may have another superblock than that of published(): neither the new one nor the old one could be
  /// written.
  bool is_in_doubt() const noexcept { return in_doubt_; }
  /// A superblock that failed afterwards may have been seen by a reader: what it points at stays as it is.
  bool was_shown() const noexcept { return was_shown_; }
  void forget_shown() noexcept { was_shown_ = false; }
  /// Decides that, if it is so: the published tree it is. \throws Error
  void settle();

  /// Space that no tree has is free again: chunks and blocks of the next try take it.
  void give_back() noexcept { space_.give_back(kept_); }
  /// Where space begins that belongs to no tree.
  std::uint64_t kept() const noexcept { return kept_; }
  /// All space that was handed out belongs to trees.
  void keep_all() noexcept;

  /// Truncates the file to the content of the published tree. \throws Error
  void cut();

  /// How long it has waited for stable storage.
  double sync_seconds() const noexcept { return sync_seconds_; }

  storage::LastState& last_state() noexcept { return last_state_; }
  const storage::LastState& last_state() const noexcept { return last_state_; }

 private:
  void write_superblock(Member& member);
  [[noreturn]] void take_back(const Error& failure);
  void run_ahead(std::uint64_t end);
  void sync();

  storage::File& file_;
  Space& space_;
  ReusableSpace& reusable_;
  bool power_safe_;
  storage::LastState last_state_;
  Member* published_ = nullptr;
  std::uint64_t published_end_ = 0;
  std::uint64_t kept_ = Space::first;  ///< space from here on belongs to no tree
  bool in_doubt_ = false;
  bool was_shown_ = false;
  std::uint64_t max_growth_ = 0;
  double sync_seconds_ = 0;
};

}  // namespace tessera::hdf5
