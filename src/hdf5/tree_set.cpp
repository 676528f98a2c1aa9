#include "hdf5/tree_set.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/replay.hpp"

namespace tessera::hdf5 {

TreeSet::TreeSet(storage::File& file, const Options& options)
    : file_(file), options_(options), reusable_(file, options.power_safe),
      publisher_(file, space_, reusable_, options.power_safe) {
  const LibraryLock lock;
  const Quiet quiet;
  reusable_.create();
  try {
    trees_.push_back(OwnMember(new Member(file_, space_, &runs_.young())));
    publisher_.publish(*trees_.back());
  } catch (...) {
    trees_.clear();  // in this turn
    throw;
  }
}

TreeSet::~TreeSet() {
  const LibraryLock lock;
  std::optional<Error> ignored;
  attempt(ignored, [&] { close(); });
}

void TreeSet::expect_no_readers() {
  file_.readers_noticed();
  last_reader_ = Clock::time_point::min();
}

void TreeSet::commit(Record record) {
  const LibraryLock lock;
  const Quiet quiet;
  std::optional<Changes> changes;
  const std::size_t number = history_.end();
  Member* member = nullptr;
  std::optional<Error> failure;
  attempt(failure, [&] {
    changes.emplace(record);
    for (GrowingChunk& chunk : record.growing) {
      if (growing_.has(record.chunks.at(chunk.set).dataset)) chunk.replaced.reset();
    }
    history_.push(std::move(record));
    open_what_is_lost();
    publisher_.settle();
    published()->work([&] { reusable_.look_at_dropped(*published(), history_[number]); });
    member = &next_member();
    member->work([&] {
      if (runs_.concerns(*changes)) drop_copy();
      const Names present = runs_.prepare(*member, *published(), trees_, *changes);
      if (runs_.has_shared()) reusable_.forget_blocks();
      runs_.add(*changes);
      place_growing(*member, history_.last());
      replay(history_, *member, present);
      publisher_.publish(*member);
    });
  });
  if (!failure) {
    std::optional<Error> ignored;  // the record is in the file; the rest is made up for later
    growing_.committed(number);
    attempt(ignored, [&] { reusable_.committed(); });
    attempt(ignored, [&] { forget_history(); });
    attempt(ignored, [&] { tell_trees(); });
    return;
  }
  if (changes) runs_.take_back(*changes);
  if (history_.end() > number) history_.drop_last();
  drop_copy();
  if (published() != nullptr) {
    if (auto cause = published()->driver.take_failure()) failure = std::move(cause);
  }
  if (member != nullptr) discard(*member);
  reusable_.failed(publisher_.is_in_doubt() || publisher_.was_shown());
  give_back();
  growing_.failed(publisher_.is_in_doubt() || publisher_.was_shown(), space_.end());
  throw *failure;
}

void TreeSet::take_back() noexcept {
  const LibraryLock lock;
  const Quiet quiet;
  drop_copy();
  reusable_.failed(publisher_.is_in_doubt() || publisher_.was_shown());
  give_back();
  publisher_.forget_shown();
}

void TreeSet::reserve_for_blocks() {
  constexpr std::uint64_t least = 2048;
  constexpr std::uint64_t most = std::uint64_t{1} << 20;
  constexpr std::uint64_t parts = 1024;  // of the file
  const std::uint64_t size = std::clamp(space_.end() / parts / 8 * 8, least, most);
  if (space_.free_blocks().largest() >= size / 4) return;
  const std::uint64_t begin = space_.end();
  constexpr std::uint64_t gap = 8;  // HDF5 lengthens a block that ends at the end of the file
  reserve(size + gap);
  space_.free_blocks().add({{begin, begin + size}});
}

void TreeSet::add_free(std::vector<Extent> extents) {
  const std::uint64_t end = publisher_.published_end();
  for (Extent& extent : extents) extent = {std::min(extent.begin, end), std::min(extent.end, end)};
  std::erase_if(extents, [](const Extent& extent) { return extent.size() == 0; });
  reusable_.add(extents);
}

/// Other parts of the program may end HDF5, or close what is open.
void TreeSet::open_what_is_lost() {
  if (copy_ && copy_->is_lost()) drop_copy();
  for (const auto& member : trees_) member->make_sound();
}

/// A tree that failed may have half of a record: it goes, and the published one is as it was.
void TreeSet::discard(Member& member) {
  if (!runs_.has_shared()) old_.discard(member.driver.own_blocks(), publisher_.kept());
  std::erase_if(trees_, [&](const auto& one) { return one.get() == &member; });
}

/// Can no reader be in this tree?
bool TreeSet::may_change(const Member& member, Clock::time_point now) const {
  if (&member == published() || member.is_found()) return false;
  if (member.replaced + options_.grace <= now) return true;
  // Who opened the file reads the superblock within `grace`, so nobody came in after that.
  return last_reader_ == Clock::time_point::min() || member.published > last_reader_ + options_.grace;
}

/// Of the trees that may be changed the one that lacks least.
Member* TreeSet::ready_member() const {
  const auto now = Clock::now();
  Member* best = nullptr;
  for (const auto& member : trees_) {
    if (may_change(*member, now) && (best == nullptr || member->applied > best->applied)) best = member.get();
  }
  return best;
}

/// The one that lacks least, whether it may be changed or not.
Member* TreeSet::latest_member() const {
  Member* latest = nullptr;
  for (const auto& member : trees_) {
    if (member.get() == published() || member->is_found()) continue;
    if (latest == nullptr || member->applied > latest->applied) latest = member.get();
  }
  return latest;
}

/// Whether all who had the file open have closed it: then nobody is in a tree that was replaced. Who came since then
/// is noticed by the next commit.
bool TreeSet::nobody_reads(Clock::time_point until) {
  if (!file_.is_alone_by(until)) return false;
  for (const auto& member : trees_) {
    if (member.get() != published()) member->replaced = Clock::time_point::min();
  }
  last_reader_ = Clock::time_point::min();
  reusable_.nobody_reads();
  return true;
}

std::optional<Extent> TreeSet::free_extent() {
  if (reusable_.is_empty()) return {};
  if (const auto extent = reusable_.offer(Clock::now(), options_.grace)) return extent;
  if (file_.readers_noticed()) last_reader_ = Clock::now();
  return nobody_reads() ? reusable_.offer(Clock::now(), options_.grace) : std::nullopt;
}

/// The tree for the next commit: the one that lacks least if nobody can be in it, or any that rests no longer, or a new
/// one, or the first in which nobody is any more.
Member& TreeSet::next_member() {
  if (file_.readers_noticed()) last_reader_ = Clock::now();
  Member* ready = ready_member();
  Member* latest = latest_member();
  if (ready != latest && nobody_reads()) return *latest;
  if (ready != nullptr) return *ready;
  if (latest == nullptr) return *copied_member(Clock::time_point::max());
  auto until = Clock::time_point::max();
  for (const auto& member : trees_) {
    if (member.get() == published() || member->is_found()) continue;
    until = std::min(until, member->replaced + options_.grace);
  }
  return awaited_member(until);
}

/// A copy takes more of the processors than readers that are about to close the file take time: who waits as long as a
/// copy would have taken before it makes one loses at most twice the time that it has to.
Member& TreeSet::awaited_member(Clock::time_point until) {
  constexpr std::chrono::microseconds part(500);
  if (trees_.size() < options_.max_trees && nobody_reads(std::min(until, Clock::now() + copy_time_))) {
    return *ready_member();
  }
  while (trees_.size() < options_.max_trees && Clock::now() < until) {
    if (Member* copied = copied_member(std::min(until, Clock::now() + part))) return *copied;
    if (nobody_reads()) return *ready_member();
    if (!copy_) break;  // it failed
  }
  if (!nobody_reads(until)) std::this_thread::sleep_until(until);
  return *ready_member();
}

/// A new tree, if it gets ready in time. What is not done by then goes on when the next commit has to wait.
Member* TreeSet::copied_member(Clock::time_point until) {
  if (trees_.size() >= options_.max_trees) return nullptr;
  std::optional<Error> failure;
  bool done = false;
  const auto begin = Clock::now();
  attempt(failure, [&] {
    if (!copy_) {
      reuse_old_trees();
      copy_.emplace(file_, space_, runs_, *published());
    }
    done = copy_->advance(*published(), until);
    trees_.reserve(trees_.size() + 1);  // who takes the tree from the copy must not fail then
    if (const auto cause = published()->driver.take_failure()) throw *cause;
  });
  copying_ += Clock::now() - begin;
  if (failure) {
    const auto cause = published()->driver.take_failure();
    drop_copy();
    if (trees_.size() > 1) return nullptr;  // others only have to be waited for
    throw cause ? *cause : *failure;
  }
  if (!done) return nullptr;
  copy_time_ = std::exchange(copying_, {});
  trees_.push_back(copy_->take());
  copy_.reset();
  return trees_.back().get();
}

/// Gives up trees that lack too much, and drops the records that all others have.
void TreeSet::forget_history() {
  std::erase_if(trees_, [&](const auto& one) { return one->is_found() && one.get() != published(); });
  const auto lacks_too_much = [&](std::size_t applied) {
    const bool in_rotation = applied + 2 * trees_.size() + 2 >= history_.end();
    return !in_rotation && history_.bytes_from(applied) > options_.log_bytes;
  };
  if (copy_ && lacks_too_much(copy_->applied())) drop_copy();
  for (std::size_t i = trees_.size(); i-- > 0;) {
    if (!lacks_too_much(trees_[i]->applied)) continue;
    if (!may_change(*trees_[i], Clock::now())) growing_.leave(trees_[i]->applied);
    discard(*trees_[i]);
  }
  std::size_t common = copy_ ? copy_->applied() : history_.end();
  for (const auto& member : trees_) common = std::min(common, member->applied);
  history_.forget_before(common);
}

void TreeSet::close() {
  const LibraryLock lock;
  const Quiet quiet;
  std::optional<Error> failure;
  attempt(failure, [&] { publisher_.settle(); });
  drop_copy();
  // A file that was found, and not committed to, stays as it was, or becomes that.
  const bool is_own = published() != nullptr && !published()->is_found();
  TreeRecord record;
  if (is_own) {
    attempt(failure, [&] { add_free_places(); });
    attempt(failure, [&] {
      record = old_.last_record(trees_, runs_.has_shared(), publisher_.published_end(), space_);
      record.end = end_of(published()->driver.superblock());
    });
  }
  const std::uint64_t root = is_own ? published()->driver.root() : 0;
  for (auto& member : trees_) attempt(failure, [&] { retire(std::move(member)); });
  trees_.clear();
  publisher_.forget();
  if ((is_own || is_prepared_) && !publisher_.is_in_doubt()) attempt(failure, [&] { publisher_.cut(); });
  if (is_own && !publisher_.is_in_doubt() && !failure) {
    std::optional<Error> ignored;  // then less is known of what is unused
    attempt(ignored, [&] { old_.leave(record, root); });
    reusable_.closing(std::move(record));
  }
  if (failure) throw *failure;
}

}  // namespace tessera::hdf5
