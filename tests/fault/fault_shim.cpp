/// \file
/// Stands between a program and the system (LD_PRELOAD) and makes calls on chosen files fail: also those that MPI-IO
/// and HDF5 make themselves. Files are chosen when they are opened, by a part of their path. One thread makes the
/// calls.

#include "fault_shim.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "fault.hpp"

using tessera::fault::Effect;
using tessera::fault::Kind;

namespace {

struct {
  Kind kind = Kind::any;
  long n = 0;
  int error = 0;
  Effect effect = Effect::nothing;
  bool persistent = false;
  bool paused = false;
  bool fired = false;
  bool next_fails = false;  ///< after a part that was moved
  std::array<long, tessera::fault::kinds> counts{};
  std::bitset<65536> chosen;  ///< by descriptor
} state;

bool is_chosen(const char* path) {
  static const char* const part = std::getenv("TESSERA_FAULT_PATH");
  return part != nullptr && path != nullptr && std::strstr(path, part) != nullptr;
}

bool is_chosen(int descriptor) {
  return descriptor >= 0 && static_cast<std::size_t>(descriptor) < state.chosen.size() &&
         state.chosen[static_cast<std::size_t>(descriptor)];
}

/// Counts a call; true where it is the one to fail.
bool hit(Kind kind, bool chosen) {
  if (!chosen || state.paused) return false;
  const long own = ++state.counts[static_cast<std::size_t>(kind)];
  const long any = ++state.counts[static_cast<std::size_t>(Kind::any)];
  if (state.n == 0 || (state.kind != Kind::any && state.kind != kind)) return false;
  const long number = state.kind == Kind::any ? any : own;
  if (std::exchange(state.next_fails, false)) return true;
  if (state.persistent ? number < state.n : number != state.n) return false;
  state.fired = true;
  return true;
}

template <class Result>
Result failed() {
  errno = state.error;
  return -1;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// A call that does something or nothing.
template <class Call>
auto whole(Kind kind, bool chosen, Call&& call) -> decltype(call()) {
  if (!hit(kind, chosen)) return call();
  if (state.effect == Effect::all) static_cast<void>(call());
  return failed<decltype(call())>();
}

/// A call that moves bytes; `call` moves at most the given number.
template <class Call>
ssize_t moving(Kind kind, int descriptor, std::size_t size, Call&& call) {
  if (!hit(kind, is_chosen(descriptor))) return call(size);
  if (state.effect == Effect::nothing || state.effect == Effect::interrupted || size < 2) return failed<ssize_t>();
  if (state.effect == Effect::part_then) state.next_fails = true;
  return call(size / 2);
}

int remember(int descriptor, bool chosen) {
  if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < state.chosen.size()) {
    state.chosen[static_cast<std::size_t>(descriptor)] = chosen;
  }
  return descriptor;
}

template <class Call>
int opening(const char* path, Call&& call) {
  const bool chosen = is_chosen(path);
  return remember(whole(Kind::open, chosen, call), chosen);
}

/// The record of free space lies at 4096 (FORMAT.md), and may do without once a step is published.
Kind kind_of_write(off_t offset) { return offset == 4096 ? Kind::grow : Kind::write; }

/// The first parts of a list, at most `bytes` bytes.
ssize_t write_first(int descriptor, const iovec* parts, int count, off_t offset, std::size_t most) {
  static const auto write_one = next<ssize_t (*)(int, const void*, std::size_t, off_t)>("pwrite64");
  ssize_t total = 0;
  for (int i = 0; i < count && most > 0; ++i) {
    const std::size_t size = std::min(most, parts[i].iov_len);
    const ssize_t done = write_one(descriptor, parts[i].iov_base, size, offset + total);
    if (done < 0) return done;
    total += done;
    most -= size;
  }
  return total;
}

ssize_t write_list(int descriptor, const iovec* parts, int count, off_t offset) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return moving(kind_of_write(offset), descriptor, size,
                [&](std::size_t most) { return write_first(descriptor, parts, count, offset, most); });
}

}  // namespace

extern "C" {

void tessera_fault_arm(int kind, long n, int error, int effect, int persistent) {
  state.kind = static_cast<Kind>(kind);
  state.n = n;
  state.error = error;
  state.effect = static_cast<Effect>(effect);
  state.persistent = persistent != 0;
  state.fired = state.next_fails = false;
  state.counts.fill(0);
}
void tessera_fault_disarm() {
  state.n = 0;
  state.next_fails = false;
}
void tessera_fault_pause(int paused) { state.paused = paused != 0; }
int tessera_fault_fired() { return state.fired ? 1 : 0; }
long tessera_fault_count(int kind) { return state.counts[static_cast<std::size_t>(kind)]; }

// The system calls, under both names that each has.

#define TESSERA_OPEN(NAME)                                                   \
  int NAME(const char* path, int flags, ...) {                               \
    std::va_list arguments;                                                  \
    va_start(arguments, flags);                                              \
    const auto mode = static_cast<mode_t>(va_arg(arguments, int));           \
    va_end(arguments);                                                       \
    static const auto real = next<int (*)(const char*, int, mode_t)>(#NAME); \
    return opening(path, [&] { return real(path, flags, mode); });           \
  }
TESSERA_OPEN(open)
TESSERA_OPEN(open64)

#define TESSERA_PWRITE(NAME)                                                                 \
  ssize_t NAME(int descriptor, const void* bytes, std::size_t size, off_t offset) {          \
    static const auto real = next<ssize_t (*)(int, const void*, std::size_t, off_t)>(#NAME); \
    return moving(kind_of_write(offset), descriptor, size,                                   \
                  [&](std::size_t most) { return real(descriptor, bytes, most, offset); });  \
  }
TESSERA_PWRITE(pwrite)
TESSERA_PWRITE(pwrite64)

ssize_t pwritev(int descriptor, const iovec* parts, int count, off_t offset) {
  return write_list(descriptor, parts, count, offset);
}
ssize_t pwritev64(int descriptor, const iovec* parts, int count, off_t offset) {
  return write_list(descriptor, parts, count, offset);
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  return moving(Kind::write, descriptor, size, [&](std::size_t most) { return real(descriptor, bytes, most); });
}

#define TESSERA_PREAD(NAME)                                                                 \
  ssize_t NAME(int descriptor, void* bytes, std::size_t size, off_t offset) {               \
    static const auto real = next<ssize_t (*)(int, void*, std::size_t, off_t)>(#NAME);      \
    return moving(Kind::read, descriptor, size,                                             \
                  [&](std::size_t most) { return real(descriptor, bytes, most, offset); }); \
  }
TESSERA_PREAD(pread)
TESSERA_PREAD(pread64)

#define TESSERA_TRUNCATE(NAME)                                                                   \
  int NAME(int descriptor, off_t size) noexcept {                                                \
    static const auto real = next<int (*)(int, off_t)>(#NAME);                                   \
    return whole(Kind::truncate, is_chosen(descriptor), [&] { return real(descriptor, size); }); \
  }
TESSERA_TRUNCATE(ftruncate)
TESSERA_TRUNCATE(ftruncate64)

#define TESSERA_SYNC(NAME)                                                             \
  int NAME(int descriptor) {                                                           \
    static const auto real = next<int (*)(int)>(#NAME);                                \
    return whole(Kind::sync, is_chosen(descriptor), [&] { return real(descriptor); }); \
  }
TESSERA_SYNC(fsync)
TESSERA_SYNC(fdatasync)

/// Closes in any case, as Linux does. A directory's descriptor has nothing to tell.
int close(int descriptor) {
  static const auto real = next<int (*)(int)>("close");
  const bool chosen = is_chosen(descriptor) && (fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY;
  const bool fails = hit(Kind::close, chosen);
  remember(descriptor, false);
  const int result = real(descriptor);
  return fails ? failed<int>() : result;
}

#define TESSERA_NAME(NAME)                                                      \
  int NAME(const char* from, const char* to) noexcept {                         \
    static const auto real = next<int (*)(const char*, const char*)>(#NAME);    \
    return whole(Kind::publish, is_chosen(to), [&] { return real(from, to); }); \
  }
TESSERA_NAME(link)
TESSERA_NAME(rename)

}  // extern "C"
