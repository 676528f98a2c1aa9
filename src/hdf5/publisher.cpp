#include "hdf5/publisher.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "base/attempt.hpp"

namespace tessera::hdf5 {

void Publisher::begin_behind(const Superblock& found) {
  last_state_.adopt(found.bytes(), found.end());
  space_.give_back(std::max(Space::first, (found.end() + 7) / 8 * 8));
  published_end_ = found.end();
}

void Publisher::adopt(Member& found) noexcept {
  published_ = &found;
  kept_ = space_.end();
}

void Publisher::keep_all() noexcept {
  space_.seal();
  kept_ = space_.end();
}

void Publisher::publish(Member& member) {
  member.tree.flush();
  if (const auto failure = member.driver.take_failure()) throw *failure;
  if (published_ != nullptr) {
    if (const auto failure = published_->driver.take_failure()) throw *failure;  // something was copied from it
  }
  last_state_.writes_end(space_.end());
  member.driver.emit();
  run_ahead(member.driver.end());
  reusable_.before_superblock();
  if (power_safe_) sync();
  if (published_ != nullptr) last_state_.require();
  member.published = Member::Clock::now();
  std::optional<Error> failure;
  attempt(failure, [&] { write_superblock(member); });
  if (failure) take_back(*failure);
  member.driver.set_writable(false);
  if (published_ != nullptr) published_->replaced = Member::Clock::now();
  published_ = &member;
  published_end_ = member.driver.end();
  kept_ = space_.end();
}

void Publisher::write_superblock(Member& member) {
  last_state_.forget_superblock();
  member.driver.publish();
  last_state_.wrote_superblock(member.driver.superblock());
  if (power_safe_) sync();
}

/// Nobody knows what of a superblock that failed is in the file. So the published one is written once more, and
/// whatever the other one points at stays as it is: a reader may have seen it.
void Publisher::take_back(const Error& failure) {
  kept_ = space_.end();
  was_shown_ = true;
  in_doubt_ = published_ != nullptr;
  std::optional<Error> ignored;  // the first failure is the one to tell
  attempt(ignored, [&] { settle(); });
  if (!in_doubt_) throw failure;
  throw made_error(failure.code(), {}, [&] {
    return Error(failure.code(), std::string(failure.what()) +
                                     "; until the next commit or close() succeeds, the file may hold this step or not");
  });
}

void Publisher::settle() {
  if (!in_doubt_ || published_ == nullptr) return;
  write_superblock(*published_);
  in_doubt_ = false;
}

/// HDF5 asks for the file's length first and reads the superblock then: where a commit comes between, the length has to
/// reach beyond that commit's end, or the file counts as truncated. So the file is kept longer than its content (a
/// hole, which takes no space, and a mark at its end) by more than a commit usually adds; close() removes it.
void Publisher::run_ahead(std::uint64_t end) {
  constexpr std::uint64_t least = std::uint64_t{64} << 20;
  if (published_end_ != 0) max_growth_ = std::max(max_growth_, end - std::min(end, published_end_));
  const std::uint64_t wanted = std::max({least, end / 2, 4 * max_growth_});
  const bool is_near = last_state_.length() < end + wanted / 2;
  last_state_.reach(end, is_near ? end + wanted : last_state_.length());
}

void Publisher::sync() {
  const auto begin = Member::Clock::now();
  file_.sync();
  sync_seconds_ += std::chrono::duration<double>(Member::Clock::now() - begin).count();
}

void Publisher::cut() {
  last_state_.cut(published_end_);
  if (power_safe_) sync();
}

}  // namespace tessera::hdf5
