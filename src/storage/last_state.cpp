#include "storage/last_state.hpp"

#include <algorithm>

#include "base/attempt.hpp"
#include "storage/free_space.hpp"

namespace tessera::storage {

namespace {

/// No zeros, which a hole reads as.
constexpr std::array<std::byte, 8> mark{std::byte{'t'}, std::byte{'e'}, std::byte{'s'}, std::byte{'s'},
                                        std::byte{'e'}, std::byte{'r'}, std::byte{'a'}, std::byte{'\n'}};

constexpr const char* lost_mark = "was changed: truncated and extended again by another program";

}  // namespace

void LastState::wrote_superblock(std::span<const std::byte> bytes) noexcept {
  superblock_size_ = std::min(bytes.size(), superblock_.size());
  std::copy_n(bytes.begin(), superblock_size_, superblock_.begin());
}

void LastState::adopt(std::span<const std::byte> superblock, std::uint64_t end) {
  wrote_superblock(superblock);
  length_ = end;
  require();
}

/// A failed commit has no end, and may have written over the mark.
void LastState::writes_begin() noexcept {
  if (writes_under_way_) mark_at_.reset();
  writes_under_way_ = true;
}

void LastState::writes_end(std::uint64_t end) noexcept {
  writes_under_way_ = false;
  if (mark_at_ && end > *mark_at_) mark_at_.reset();
}

void LastState::reach(std::uint64_t end, std::uint64_t size) {
  writes_end(end);
  length_ = std::max(length_, end);
  if (size <= length_ && mark_at_) return;
  size = std::max(size, length_ + mark.size());
  if (size > file_size_limit()) return;
  if (superblock_size_ > 0) require();  // what is not as it was is not to be covered up
  std::optional<Error> refused;         // by the file system's own limit, say
  attempt(refused, [&] { file_.grow(size); });
  if (refused) return;
  file_.write(size - mark.size(), mark);
  mark_at_ = size - mark.size();
  length_ = size;
}

void LastState::require() const {
  std::array<Mark, 2> marks;
  std::size_t count = 0;
  if (superblock_size_ > 0) marks[count++] = {0, std::span(superblock_).first(superblock_size_), superblock_changed};
  if (has_mark()) marks[count++] = {*mark_at_, mark, lost_mark};
  file_.require_intact(length_, std::span(marks).first(count));
}

void LastState::cut(std::uint64_t end) {
  require();
  file_.truncate(end);
  length_ = end;
  mark_at_.reset();
  require();
}

}  // namespace tessera::storage
