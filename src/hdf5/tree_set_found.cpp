#include <utility>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"
#include "hdf5/content_copy.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/read_contents.hpp"
#include "hdf5/tree_set.hpp"

/// \file
/// A file that was there, until its first commit.

namespace tessera::hdf5 {

TreeSet::TreeSet(storage::File& file, const Options& options, Found)
    : file_(file), options_(options), reusable_(file, options.power_safe),
      publisher_(file, space_, reusable_, options.power_safe) {
  const LibraryLock lock;
  const Quiet quiet;
  const Superblock found(file);
  reusable_.find(found.end());
  publisher_.begin_behind(found);
  try {
    trees_.push_back(OwnMember(new Member(file_, space_, found)));
  } catch (...) {
    trees_.clear();  // in this turn
    throw;
  }
  publisher_.adopt(*trees_.back());
}

schema::Contents TreeSet::contents() {
  const LibraryLock lock;
  const Quiet quiet;
  schema::Contents contents;
  published()->work([&] { contents = read_contents(published()->tree.file(), Purpose::appending); });
  return contents;
}

void TreeSet::prepare_for(const std::string& run) noexcept {
  const LibraryLock lock;
  const Quiet quiet;
  if (published() == nullptr || !published()->is_found()) return;
  std::optional<Error> failure;
  attempt(failure, [&] { make_trees_for(run); });
  if (!failure) return;
  copy_.reset();
  published()->driver.take_failure();
  std::erase_if(trees_, [&](const auto& one) { return one.get() != published(); });
  publisher_.give_back();
}

void TreeSet::make_trees_for(const std::string& run) {
  constexpr std::size_t turns = 2;
  is_prepared_ = true;
  publisher_.last_state().writes_begin();
  runs_.make_lasting(run, trees_);
  for (const auto& member : trees_) {
    if (member.get() == published()) continue;
    member->work([&] {
      runs_.copy_outdated(*member, *published());
      flush(*member);
    });
  }
  constexpr auto long_copy = std::chrono::milliseconds(250);  // of an index that is copied chunk by chunk
  while (trees_.size() < 1 + turns && copied_member(Clock::time_point::max()) != nullptr) {
    if (copy_time_ > long_copy) break;
  }
  publisher_.keep_all();
  publisher_.last_state().writes_end(space_.end());
}

}  // namespace tessera::hdf5
