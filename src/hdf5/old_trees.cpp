#include "hdf5/old_trees.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/attempt.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::uint64_t alignment = 8;

void append(std::vector<Extent>& all, const std::vector<Extent>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<Extent> before(std::uint64_t end, const std::vector<Extent>& extents) {
  std::vector<Extent> result;
  for (const Extent& extent : extents) {
    if (extent.begin < end) result.push_back({extent.begin, std::min(extent.end, end)});
  }
  return joined(std::move(result), alignment);
}

std::uint64_t sum(const std::vector<Extent>& extents) noexcept {
  std::uint64_t bytes = 0;
  for (const Extent& extent : extents) bytes += extent.size();
  return bytes;
}

/// It has copies of all that the tree has from which it was made.
bool is_complete(const Member& member) { return member.linked == 0 && !member.tree.has_references(); }

}  // namespace

void OldTrees::find(const std::optional<TreeRecord>& record, std::uint64_t root, std::uint64_t end) {
  const TreeBlocks* const tree = record ? record->tree(root) : nullptr;
  if (tree == nullptr) return;
  waiting_ = record->free_under(root);
  // Another program may have changed this tree in place since: then something else may lie in its blocks.
  if (record->end == end) found_ = tree->blocks;
  since_ = Clock::now();
}

void OldTrees::give_to(Space& space) {
  space.free_blocks().add(waiting_);
  waiting_.clear();
}

void OldTrees::discard(const BlockList& blocks, std::uint64_t end) noexcept {
  std::optional<Error> ignored;  // then nobody uses them
  attempt(ignored, [&] { append(rest_, before(end, blocks.extents())); });
}

bool OldTrees::frees_found(const std::vector<OwnMember>& trees, bool is_shared) const {
  return !found_.empty() && !is_shared &&
         std::ranges::all_of(trees, [](const OwnMember& one) { return !one->is_found() && is_complete(*one); });
}

TreeRecord OldTrees::last_record(const std::vector<OwnMember>& trees, bool is_shared, std::uint64_t end, Space& space) {
  append(rest_, std::exchange(waiting_, {}));
  append(rest_, space.free_blocks().extents());
  space.free_blocks().clear();
  constexpr std::size_t named = 2;  // the file, and what it is after a power failure
  return record(trees, is_shared, end, named);
}

TreeRecord OldTrees::record(const std::vector<OwnMember>& trees, bool is_shared, std::uint64_t end, std::size_t named) {
  if (frees_found(trees, is_shared)) append(rest_, std::exchange(found_, {}));
  rest_ = joined(std::move(rest_), alignment);
  std::vector<Member*> own;
  for (const OwnMember& one : trees) {
    if (!one->is_found()) own.push_back(one.get());
  }
  std::ranges::stable_sort(own, std::greater(), &Member::published);
  TreeRecord record{0, rest_, {}};
  for (Member* one : own) {
    std::vector<Extent> blocks;
    if (!is_shared) blocks = before(end, one->driver.own_blocks().extents());
    if (record.trees.size() < named) record.trees.push_back({one->driver.root(), std::move(blocks)});
    else append(record.unused, blocks);
  }
  record.unused = before(end, record.unused);
  return record;
}

void OldTrees::leave(const TreeRecord& record, std::uint64_t root) { rest_ = record.free_under(root); }

std::uint64_t OldTrees::bytes(const Space& space) const noexcept {
  return sum(waiting_) + sum(rest_) + space.free_blocks().bytes();
}

}  // namespace tessera::hdf5
