#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace tessera {

/// Memory that only grows, and keeps nothing when it does: for results that are written before they are read.
class Buffer {
 public:
  /// At least `size` bytes from here on. \throws std::bad_alloc, and the old memory is gone
  void reserve(std::size_t size) {
    if (size <= size_) return;
    bytes_.reset();
    size_ = 0;
    bytes_ = std::make_unique_for_overwrite<std::byte[]>(size);
    size_ = size;
  }
  std::size_t size() const noexcept { return size_; }
  std::span<std::byte> first(std::size_t size) const noexcept { return {bytes_.get(), size}; }
  std::byte* data() const noexcept { return bytes_.get(); }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace tessera
