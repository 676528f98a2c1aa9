#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/function_ref.hpp"
#include "pipeline/file_parts.hpp"
#include "pipeline/size_estimates.hpp"

namespace tessera::pipeline {

/// Parts of the file that this rank alone may write to, or it and the other ranks of its node, given out ahead of time:
/// whoever takes space of them sends no message. Any thread.
class RankExtents {
 public:
  using Run = FileParts::Run;
  using Room = FileParts::Room;
  static constexpr std::size_t max_parts = FileParts::max_parts;

  RankExtents() = default;
  RankExtents(const RankExtents&) = delete;
  RankExtents& operator=(const RankExtents&) = delete;

  /// For so many ranks of a node to share: what they have of the file is in memory that they have in common. A rank
  /// that waits a second for another one that is at it (it was stopped, or has died) gives that up, and so do the
  /// others: then each has its own, as without.
  static std::size_t shared_bytes(std::size_t ranks) noexcept;
  /// \param memory all zeros
  static bool make_shared(std::span<std::byte> memory) noexcept;
  /// Before anything else. \param memory stays there \param number of this rank among them
  void share(std::span<std::byte> memory, std::size_t number) noexcept;
  bool is_shared() const noexcept { return shared_.load(std::memory_order_relaxed) != nullptr; }

  /// One more; joined with those that it touches.
  void add(const hdf5::Extent& extent) noexcept;
  /// As FileParts has them.
  std::optional<std::uint64_t> take(std::uint64_t size) noexcept;
  std::optional<Run> take_run(std::span<Piece> pieces) noexcept;
  void expect_pieces(std::uint64_t smallest, std::uint64_t largest) noexcept;
  std::uint64_t bytes() const noexcept;
  Room room(std::uint64_t piece) const noexcept;

  /// How much all that share it lack.
  using Missing =
      FunctionRef<std::uint64_t(const SizeEstimates::Expected& step, const Room& room, std::uint64_t stored)>;
  /// What this rank will take next, instead of what it has said before and not taken yet. \returns what it has to ask
  /// for, so that what all will take certainly fits; what others have asked for is about to be there
  /// \param stored bytes of this rank so far
  std::uint64_t ask(const SizeEstimates::Expected& next, std::uint64_t stored, Missing missing) noexcept;
  /// Whatever was asked for was given, or will not be.
  void answered() noexcept;

  /// The same where one of those that share it tells for all; the others tell nothing.
  std::uint64_t largest(std::span<hdf5::Extent> parts) noexcept;
  /// They belong to others from here on.
  void clear() noexcept;

  /// What was taken so far is in use from here on. The first one that says so of a commit says it for all that share
  /// it: before any of them adds what it got with that commit. \param commit its number, ascending
  void keep(std::uint64_t commit) noexcept;
  /// As it was at the last keep(): what was taken or added since belongs to nobody, or to others. Behind an agreement:
  /// no rank takes anything before the next one.
  void restore() noexcept;

 private:
  /// What a rank has said.
  struct Said {
    SizeEstimates::Expected next{};
    std::uint64_t stored = 0;
    std::uint64_t asked = 0;
  };
  struct Memory {
    std::atomic<std::uint32_t> is_locked = 0;
    std::atomic<std::uint32_t> is_given_up = 0;
    std::uint64_t kept_at = 0;
    FileParts now;
    FileParts kept;
  };
  struct View {
    Memory& memory;
    std::span<Said> said;
    Said& own;
  };
  class Lock;
  template <class Action>
  auto locked(Action&& action) const;

  static Said* said_of(Memory& memory) noexcept;
  mutable std::atomic<Memory*> shared_ = nullptr;
  std::size_t ranks_ = 1;
  std::size_t number_ = 0;
  mutable Memory own_;
  mutable Said own_said_;
};

}  // namespace tessera::pipeline
