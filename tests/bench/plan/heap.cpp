#include "plan/heap.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> used{0};
std::atomic<std::size_t> peak{0};
std::size_t used_at_begin = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t now = used += malloc_usable_size(memory);
  if (now > peak) peak = now;
  return memory;
}

void operator delete(void* memory) noexcept {
  used -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace bench {

void begin_peak() noexcept {
  used_at_begin = used;
  peak = used_at_begin;
}

std::size_t peak_since_begin() noexcept { return peak - used_at_begin; }

}  // namespace bench
