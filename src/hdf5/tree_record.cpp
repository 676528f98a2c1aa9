#include "hdf5/tree_record.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

#include "base/round_up.hpp"
#include "hdf5/free_record.hpp"
#include "hdf5/sector.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::string_view signature = "TESSTREE";
constexpr std::size_t numbers = TreeRecord::capacity / 8;
// Positions of numbers, behind the signature.
constexpr std::size_t digest_at = 1;
constexpr std::size_t trees_at = 2;
constexpr std::size_t unused_at = 3;
constexpr std::size_t end_at = 4;
constexpr std::size_t content_at = 5;  ///< for each tree its root and how many extents it has; then all extents
constexpr std::size_t per_tree = 2;
constexpr std::size_t per_extent = 2;

/// Leaves out the smallest until `most` are left in all lists together.
void leave_largest(std::vector<std::vector<Extent>*> lists, std::size_t most) {
  std::vector<std::uint64_t> sizes;
  for (const auto* list : lists) {
    for (const Extent& extent : *list) sizes.push_back(extent.size());
  }
  if (sizes.size() <= most) return;
  std::ranges::nth_element(sizes, sizes.begin() + static_cast<std::ptrdiff_t>(most), std::greater());
  const std::uint64_t too_small = sizes[most];
  for (auto* list : lists) std::erase_if(*list, [=](const Extent& one) { return one.size() <= too_small; });
}

/// Whether these can be blocks of one file, none of which lies on another one.
bool are_apart(const TreeRecord& record, std::uint64_t end) {
  std::vector<Extent> all = record.unused;
  for (const TreeBlocks& tree : record.trees) all.insert(all.end(), tree.blocks.begin(), tree.blocks.end());
  std::ranges::sort(all, {}, &Extent::begin);
  end = round_up<std::uint64_t>(end, 8);  // so are the ends of blocks
  std::uint64_t least = FreeRecord::offset + FreeRecord::capacity;
  for (const Extent& extent : all) {
    if (extent.begin < least || extent.end <= extent.begin || extent.end > end) return false;
    least = extent.end;
  }
  return true;
}

}  // namespace

void TreeRecord::write(std::span<std::byte, capacity> bytes) const {
  TreeRecord record = *this;
  std::vector<std::vector<Extent>*> lists{&record.unused};
  for (TreeBlocks& tree : record.trees) lists.push_back(&tree.blocks);
  leave_largest(lists, (numbers - content_at - per_tree * record.trees.size()) / per_extent);
  Sector sector(bytes);
  sector.sign(signature);
  sector.put(trees_at, record.trees.size());
  sector.put(unused_at, record.unused.size());
  sector.put(end_at, record.end);
  std::size_t at = content_at;
  for (const TreeBlocks& tree : record.trees) {
    sector.put(at++, tree.root);
    sector.put(at++, tree.blocks.size());
  }
  for (const auto* list : lists) {
    sector.put(at, *list);
    at += per_extent * list->size();
  }
  sector.put(digest_at, StoredSector(bytes).digest(trees_at, at - trees_at));
}

std::optional<TreeRecord> TreeRecord::read(std::span<const std::byte, capacity> bytes, std::uint64_t end) {
  const StoredSector sector(bytes);
  if (!sector.is_signed(signature)) return {};
  const std::uint64_t trees = sector.number(trees_at);
  if (trees > max_trees || sector.number(end_at) > end) return {};
  std::size_t at = content_at;
  std::vector<std::uint64_t> counts{sector.number(unused_at)};
  TreeRecord record;
  record.end = sector.number(end_at);
  for (std::uint64_t i = 0; i < trees; ++i) {
    record.trees.push_back({sector.number(at), {}});
    counts.push_back(sector.number(at + 1));
    at += per_tree;
  }
  std::size_t last = at;
  for (const std::uint64_t count : counts) {
    if (count > (numbers - last) / per_extent) return {};
    last += per_extent * count;
  }
  if (sector.number(digest_at) != sector.digest(trees_at, last - trees_at)) return {};
  for (std::size_t list = 0; list < counts.size(); ++list) {
    auto& extents = list == 0 ? record.unused : record.trees[list - 1].blocks;
    for (std::uint64_t i = 0; i < counts[list]; ++i, at += per_extent) extents.push_back(sector.extent(at));
  }
  if (!are_apart(record, end)) return {};
  return record;
}

const TreeBlocks* TreeRecord::tree(std::uint64_t root) const noexcept {
  const auto found = std::ranges::find(trees, root, &TreeBlocks::root);
  return found == trees.end() ? nullptr : &*found;
}

std::vector<Extent> TreeRecord::free_under(std::uint64_t root) const {
  std::vector<Extent> free = unused;
  for (const TreeBlocks& tree : trees) {
    if (tree.root != root) free.insert(free.end(), tree.blocks.begin(), tree.blocks.end());
  }
  return free;
}

}  // namespace tessera::hdf5
