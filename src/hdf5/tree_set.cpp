#include "hdf5/tree_set.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/read_contents.hpp"
#include "hdf5/replay.hpp"

namespace tessera::hdf5 {

TreeSet::TreeSet(storage::File& file, const Options& options)
    : file_(file), last_state_(file), options_(options), reusable_(file) {
  const LibraryLock lock;
  const Quiet quiet;
  reusable_.create();
  try {
    trees_.push_back(OwnMember(new Member(file_, space_, &runs_.young())));
    publish(*trees_.back());
  } catch (...) {
    trees_.clear();  // in this turn
    throw;
  }
}

TreeSet::TreeSet(storage::File& file, const Options& options, Found)
    : file_(file), last_state_(file), options_(options), reusable_(file) {
  const LibraryLock lock;
  const Quiet quiet;
  const Superblock found(file);
  reusable_.find(found.end());
  last_state_.adopt(found.bytes(), found.end());
  space_.give_back(std::max(Space::first, (found.end() + 7) / 8 * 8));
  try {
    trees_.push_back(OwnMember(new Member(file_, space_, found)));
  } catch (...) {
    trees_.clear();  // in this turn
    throw;
  }
  published_ = trees_.back().get();
  published_end_ = found.end();
  kept_ = space_.end();
}

schema::Contents TreeSet::contents() {
  const LibraryLock lock;
  const Quiet quiet;
  schema::Contents contents;
  published_->work([&] { contents = read_contents(published_->tree.file(), Purpose::appending); });
  return contents;
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
    history_.push(std::move(record));
    open_what_is_lost();
    settle();
    published_->work([&] { reusable_.look_at_dropped(*published_, history_[number]); });
    member = &next_member();
    member->work([&] {
      if (runs_.concerns(*changes)) copy_.reset();
      const Names present = runs_.prepare(*member, *published_, trees_, *changes);
      runs_.add(*changes);
      replay(history_, *member, present);
      publish(*member);
    });
  });
  if (!failure) {
    std::optional<Error> ignored;  // the record is in the file; the rest is made up for later
    attempt(ignored, [&] { reusable_.committed(); });
    attempt(ignored, [&] { forget_history(); });
    return;
  }
  if (changes) runs_.take_back(*changes);
  if (history_.end() > number) history_.drop_last();
  copy_.reset();
  if (published_ != nullptr) {
    if (auto cause = published_->driver.take_failure()) failure = std::move(cause);
  }
  if (member != nullptr) discard(*member);
  reusable_.failed(in_doubt_);
  space_.give_back(kept_);  // chunks and blocks of the next try take the place of these
  throw *failure;
}

/// Other parts of the program may end HDF5, or close what is open.
void TreeSet::open_what_is_lost() {
  if (copy_ && copy_->is_lost()) copy_.reset();
  for (const auto& member : trees_) member->make_sound();
}

/// A tree that failed may have half of a record: it goes, and the published one is as it was.
void TreeSet::discard(Member& member) {
  std::erase_if(trees_, [&](const auto& one) { return one.get() == &member; });
}

/// Can no reader be in this tree?
bool TreeSet::may_change(const Member& member, Clock::time_point now) const {
  if (&member == published_ || member.is_found()) return false;
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
    if (member.get() == published_ || member->is_found()) continue;
    if (latest == nullptr || member->applied > latest->applied) latest = member.get();
  }
  return latest;
}

/// Whether all who had the file open have closed it: then nobody is in a tree that was replaced. Who came since then
/// is noticed by the next commit.
bool TreeSet::nobody_reads(Clock::time_point until) {
  if (!file_.is_alone_by(until)) return false;
  for (const auto& member : trees_) {
    if (member.get() != published_) member->replaced = Clock::time_point::min();
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
    if (member.get() == published_ || member->is_found()) continue;
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
    if (!copy_) copy_.emplace(file_, space_, runs_, *published_);
    done = copy_->advance(*published_, until);
    if (const auto cause = published_->driver.take_failure()) throw *cause;
  });
  copying_ += Clock::now() - begin;
  if (failure) {
    const auto cause = published_->driver.take_failure();
    copy_.reset();
    if (trees_.size() > 1) return nullptr;  // others only have to be waited for
    throw cause ? *cause : *failure;
  }
  if (!done) return nullptr;
  copy_time_ = std::exchange(copying_, {});
  trees_.push_back(copy_->take());
  copy_.reset();
  return trees_.back().get();
}

void TreeSet::publish(Member& member) {
  member.tree.flush();
  if (const auto failure = member.driver.take_failure()) throw *failure;
  if (published_ != nullptr) {
    if (const auto failure = published_->driver.take_failure()) throw *failure;  // something was copied from it
  }
  last_state_.writes_end(space_.end());
  member.driver.emit();
  run_ahead(member.driver.end());
  reusable_.before_superblock();
  if (options_.power_safe) file_.sync();
  if (published_ != nullptr) last_state_.require();
  member.published = Clock::now();
  std::optional<Error> failure;
  attempt(failure, [&] { write_superblock(member); });
  if (failure) take_back(*failure);
  member.driver.set_writable(false);
  if (published_ != nullptr) published_->replaced = Clock::now();
  published_ = &member;
  published_end_ = member.driver.end();
  kept_ = space_.end();
}

void TreeSet::write_superblock(Member& member) {
  last_state_.forget_superblock();
  member.driver.publish();
  last_state_.wrote_superblock(member.driver.superblock());
  if (options_.power_safe) file_.sync();
}

/// Nobody knows what of a superblock that failed is in the file. So the published one is written once more, and
/// whatever the other one points at stays as it is: a reader may have seen it.
void TreeSet::take_back(const Error& failure) {
  kept_ = space_.end();
  in_doubt_ = published_ != nullptr;
  std::optional<Error> ignored;  // the first failure is the one to tell
  attempt(ignored, [&] { settle(); });
  if (!in_doubt_) throw failure;
  throw made_error(failure.code(), {}, [&] {
    return Error(failure.code(), std::string(failure.what()) +
                                     "; until the next commit or close() succeeds, the file may hold this step or not");
  });
}

void TreeSet::settle() {
  if (!in_doubt_ || published_ == nullptr) return;
  write_superblock(*published_);
  in_doubt_ = false;
}

/// HDF5 asks for the file's length first and reads the superblock then: where a commit comes between, the length has to
/// reach beyond that commit's end, or the file counts as truncated. So the file is kept longer than its content (a
/// hole, which takes no space, and a mark at its end) by more than a commit usually adds; close() removes it.
void TreeSet::run_ahead(std::uint64_t end) {
  constexpr std::uint64_t least = std::uint64_t{64} << 20;
  if (published_end_ != 0) max_growth_ = std::max(max_growth_, end - std::min(end, published_end_));
  const std::uint64_t wanted = std::max({least, end / 2, 4 * max_growth_});
  const bool is_near = last_state_.length() < end + wanted / 2;
  last_state_.reach(end, is_near ? end + wanted : last_state_.length());
}

/// Gives up trees that lack too much, and drops the records that all others have.
void TreeSet::forget_history() {
  std::erase_if(trees_, [&](const auto& one) { return one->is_found() && one.get() != published_; });
  const auto lacks_too_much = [&](std::size_t applied) {
    const bool in_rotation = applied + 2 * trees_.size() + 2 >= history_.end();
    return !in_rotation && history_.bytes_from(applied) > options_.log_bytes;
  };
  if (copy_ && lacks_too_much(copy_->applied())) copy_.reset();
  for (std::size_t i = trees_.size(); i-- > 0;) {
    if (lacks_too_much(trees_[i]->applied)) discard(*trees_[i]);
  }
  std::size_t common = copy_ ? copy_->applied() : history_.end();
  for (const auto& member : trees_) common = std::min(common, member->applied);
  history_.forget_before(common);
}

void TreeSet::close() {
  const LibraryLock lock;
  const Quiet quiet;
  std::optional<Error> failure;
  attempt(failure, [&] { settle(); });
  copy_.reset();
  // A file that was found, and not committed to, stays as it was.
  const bool is_own = published_ != nullptr && !published_->is_found();
  for (auto& member : trees_) attempt(failure, [&] { retire(std::move(member)); });
  trees_.clear();
  published_ = nullptr;
  if (is_own && !in_doubt_) {
    attempt(failure, [&] {
      last_state_.cut(published_end_);
      if (options_.power_safe) file_.sync();
    });
  }
  if (failure) throw *failure;
}

}  // namespace tessera::hdf5
