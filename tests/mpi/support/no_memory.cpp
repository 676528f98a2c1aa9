#include "support/no_memory.hpp"

#include <execinfo.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace tessera_test {

namespace {

std::atomic<bool> enabled = false;
std::atomic<std::size_t> counted = 0;
std::atomic<std::size_t> first_to_fail = 0;
std::atomic<bool> all_that_follow = false;
std::atomic<bool> failed = false;

/// Says where it is, when asked to: for who looks for a fault.
void show_stack() {
  static const bool wanted = std::getenv("TESSERA_TEST_STACK") != nullptr;
  if (!wanted) return;
  void* frames[40];
  backtrace_symbols_fd(frames, backtrace(frames, 40), STDERR_FILENO);
}

}  // namespace

static bool fails() {
  if (!enabled.load(std::memory_order_relaxed)) return false;
  const std::size_t first = first_to_fail.load();
  if (first == 0) return false;
  const std::size_t number = ++counted;
  if (number != first && !(number > first && all_that_follow.load())) return false;
  if (number == first) {
    enabled = false;
    show_stack();
    enabled = true;
  }
  failed = true;
  return true;
}

FailingAllocation::FailingAllocation(std::size_t number, bool and_all_that_follow) {
  failed = false;
  counted = 0;
  all_that_follow = and_all_that_follow;
  first_to_fail = number;
}

FailingAllocation::~FailingAllocation() { first_to_fail = 0; }

bool FailingAllocation::has_failed() const { return failed; }

void FailingAllocation::end_if_failed() {
  if (failed) first_to_fail = 0;
}

FailingAllocation::Enabled::Enabled() { enabled = true; }

FailingAllocation::Enabled::~Enabled() { enabled = false; }

}  // namespace tessera_test

namespace {

void* allocate(std::size_t size) noexcept {
  return tessera_test::fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* allocate(std::size_t size, std::align_val_t alignment) noexcept {
  const auto bytes = static_cast<std::size_t>(alignment);
  return tessera_test::fails() ? nullptr : std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes);
}

void* required(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// Those for arrays call these (C++20, [new.delete.array]).
void* operator new(std::size_t size) { return required(allocate(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return required(allocate(size, alignment)); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, alignment);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }
