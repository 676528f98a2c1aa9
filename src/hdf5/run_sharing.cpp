#include "hdf5/run_sharing.hpp"

#include <algorithm>
#include <utility>

#include "hdf5/content_copy.hpp"

namespace tessera::hdf5 {

/// Not before a new run begins: the one before may still grow.
bool RunSharing::is_time(const Changes& changes) const { return young_.size() >= max_young && !changes.made.empty(); }

bool RunSharing::concerns(const Changes& changes) const {
  return is_time(changes) ||
         std::ranges::any_of(changes.others, [&](const std::string& run) { return is_shared(run); });
}

Names RunSharing::prepare(Member& idle, Member& published, const std::vector<OwnMember>& trees,
                          const Changes& changes) {
  idle.driver.set_writable(true);
  if (idle.is_stale) idle.refresh();
  if (is_time(changes)) share(published, trees, changes);
  Names present = link_shared(idle, published);
  for (const std::string& run : changes.others) make_lasting(run, trees);
  present.merge(copy_outdated(idle, published));
  // Texts of variable length, and lists of scales, lie in blocks that other objects of a tree begin.
  const auto is_elsewhere = [&](const std::string& one) { return !young_.contains(one); };
  is_mixed_ =
      is_mixed_ || changes.defines_late || (!young_.empty() && std::ranges::any_of(changes.defined, is_elsewhere));
  return present;
}

void RunSharing::make_lasting(const std::string& run, const std::vector<OwnMember>& trees) {
  if (!is_shared(run)) return;
  for (const auto& member : trees) member->outdated.insert(run);
  lasting_.insert(run);  // at last: where there is no memory for all of this, it is shared still
}

/// What the new record changes is no longer young, but goes on.
void RunSharing::share(Member& published, const std::vector<OwnMember>& trees, const Changes& changes) {
  Names going_on;
  std::vector<std::string> shared;
  for (const std::string& run : order_) {
    if (changes.others.contains(run)) {
      going_on.insert(run);
    } else {
      shared.push_back(run);
    }
  }
  std::vector<std::vector<std::string>> to_share;
  for (const auto& member : trees) {
    auto& list = to_share.emplace_back(member->to_share);
    if (member.get() != &published) list.insert(list.end(), shared.begin(), shared.end());
  }
  // From here on nothing fails: all trees learn of it, or none.
  has_shared_ = true;
  is_mixed_ = is_mixed_ || !going_on.empty();
  lasting_.merge(going_on);
  for (std::size_t i = 0; i < trees.size(); ++i) {
    trees[i]->to_share.swap(to_share[i]);
    if (is_mixed_ && trees[i].get() != &published) trees[i]->mixed = 2;  // it may still lack what makes it so
  }
  published.driver.arena().leave();
  published.is_stale = true;  // the blocks that it has begun are not to be added to
  is_mixed_ = false;
  young_.clear();
  order_.clear();
}

/// In order of creation, as the published tree has them.
Names RunSharing::link_shared(Member& idle, Member& published) {
  if (idle.to_share.empty()) return {};
  idle.refresh();
  for (const std::string& run : idle.to_share) {
    if (idle.has_run(run)) idle.unlink_run(run);
    idle.link_run(run, published.address_of(run));
  }
  idle.tree.flush_links();
  if (idle.mixed > 0) {
    --idle.mixed;
    idle.driver.arena().leave();
  } else {
    idle.driver.arena().recycle();
  }
  const auto linked = std::exchange(idle.to_share, {});
  return {linked.begin(), linked.end()};
}

Names RunSharing::copy_outdated(Member& idle, Member& published) {
  if (idle.outdated.empty()) return {};
  idle.refresh();
  published.refresh();  // it takes runs that it links to for empty groups
  for (const std::string& run : idle.outdated) {
    idle.unlink_run(run);
    --idle.linked;
    copy_group(published, idle, run);
    ContentCopy content;
    content.begin(published, idle, run);
    content.copy_indexes(published, idle);
    content.advance(published, idle, Member::Clock::time_point::max());
    require_sound(published);
  }
  is_mixed_ = true;
  published.is_stale = true;  // it may have read blocks that are not to be added to
  return std::exchange(idle.outdated, {});
}

void RunSharing::add(const Changes& changes) {
  for (const std::string& run : changes.made) {
    if (young_.insert(run).second) order_.push_back(run);
  }
}

void RunSharing::take_back(const Changes& changes) {
  for (const std::string& run : changes.made) {
    if (young_.erase(run) > 0) std::erase(order_, run);
  }
}

}  // namespace tessera::hdf5
