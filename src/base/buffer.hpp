#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace tessera {

/// Memory that only grows, and keeps nothing when it does: for results that are written before they are read. It begins
/// with a cache line.
class Buffer {
 public:
  static constexpr std::size_t alignment = 64;

  /// At least `size` bytes from here on. \throws std::bad_alloc, and the old memory is gone
  void reserve(std::size_t size) {
    if (size <= size_) return;
    bytes_.reset();
    size_ = 0;
    bytes_.reset(new (std::align_val_t{alignment}) std::byte[size]);
    size_ = size;
  }
  std::size_t size() const noexcept { return size_; }
  std::span<std::byte> first(std::size_t size) const noexcept { return {bytes_.get(), size}; }
  std::byte* data() const noexcept { return bytes_.get(); }

 private:
  struct Delete {
    void operator()(std::byte* bytes) const noexcept { ::operator delete[](bytes, std::align_val_t{alignment}); }
  };
  std::unique_ptr<std::byte[], Delete> bytes_;
  std::size_t size_ = 0;
};

}  // namespace tessera
