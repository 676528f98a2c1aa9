#include "comm/keep.hpp"

#include <mutex>
#include <vector>

namespace tessera::comm {

void keep_forever(std::shared_ptr<void> thing) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<std::shared_ptr<void>>;  // never destroyed: MPI ends after the last destructor
  const std::lock_guard lock(mutex);
  kept.push_back(std::move(thing));
}

}  // namespace tessera::comm
