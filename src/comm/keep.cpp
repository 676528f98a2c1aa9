#include "comm/keep.hpp"

#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

namespace tessera::comm {

namespace {

struct Kept {
  std::shared_ptr<void> thing;
  Kept* next = nullptr;
};

std::mutex mutex;
Kept* first = nullptr;

}  // namespace

void keep_forever(std::shared_ptr<void> thing) noexcept {
  if (!thing) return;
  if (auto* kept = new (std::nothrow) Kept) {
    kept->thing = std::move(thing);
    const std::lock_guard lock(mutex);
    kept->next = first;
    first = kept;
    return;
  }
  // Without a list: the pointer itself is never destroyed.
  alignas(std::shared_ptr<void>) std::byte place[sizeof(std::shared_ptr<void>)];
  new (place) std::shared_ptr<void>(std::move(thing));
}

}  // namespace tessera::comm
