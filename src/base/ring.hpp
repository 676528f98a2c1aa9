#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>

#include "base/buffer.hpp"

namespace tessera {

/// Memory for blocks that are given back in the order in which they were taken.
class Ring {
 public:
  /// Room for that much; no block is taken. \throws std::bad_alloc
  void reserve(std::size_t bytes) { memory_.reserve(bytes); }

  /// Nothing where there is no room at the moment; an empty ring has room for all that was reserved.
  std::optional<std::span<std::byte>> take(std::size_t bytes) {
    const std::size_t end = blocks_.empty() ? 0 : blocks_.back().end;
    const std::size_t first = blocks_.empty() ? 0 : blocks_.front().begin;
    std::size_t begin = end;
    if (blocks_.empty() || end > first) {
      if (bytes > memory_.size() - end) {
        if (blocks_.empty() || bytes > first) return {};
        begin = 0;  // from the begin again
      }
    } else if (bytes > first - end) {
      return {};
    }
    // A block of none would make a full ring look like an empty one.
    blocks_.push_back({begin, begin + bytes});
    return memory_.first(memory_.size()).subspan(begin, bytes);
  }
  /// The block that was taken first.
  void give_back() noexcept { blocks_.pop_front(); }
  bool empty() const noexcept { return blocks_.empty(); }

 private:
  struct Block {
    std::size_t begin;
    std::size_t end;
  };
  Buffer memory_;
  std::deque<Block> blocks_;
};

}  // namespace tessera
