#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "hdf5/check.hpp"
#include "hdf5/content_copy.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/read_contents.hpp"
#include "hdf5/tree_set.hpp"

/// \file
/// A file that was there, until its first commit; and the space of trees that are given up.

namespace tessera::hdf5 {

namespace {

/// Whether a chunk may lie in what alignment leaves between two others.
bool has_tiny_chunks(const schema::StoredRun& run) {
  constexpr std::int64_t tiny = 7;
  return std::ranges::any_of(run.fields, [](const schema::StoredField& stored) {
    return stored.storage.filters.empty() && bytes_of(stored.field.chunk, stored.field.cell_bytes()) <= tiny;
  });
}

}  // namespace

TreeSet::TreeSet(storage::File& file, const Options& options, Found)
    : file_(file), options_(options), reusable_(file, options.power_safe),
      publisher_(file, space_, reusable_, options.power_safe) {
  const LibraryLock lock;
  const Quiet quiet;
  const Superblock found(file);
  reusable_.find(found.end());
  old_.find(reusable_.trees(), found.root(), found.end());
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
  if (std::ranges::any_of(contents.runs, has_tiny_chunks)) reusable_.expect_tiny_chunks();
  return contents;
}

void TreeSet::prepare_for(const std::string& run) noexcept {
  const LibraryLock lock;
  const Quiet quiet;
  if (published() == nullptr || !published()->is_found()) return;
  std::optional<Error> failure;
  attempt(failure, [&] { make_trees_for(run); });
  if (!failure) return;
  drop_copy();
  published()->driver.take_failure();
  for (std::size_t i = trees_.size(); i-- > 0;) {
    if (trees_[i].get() != published()) discard(*trees_[i]);
  }
  give_back();
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
  // Of an index that is copied chunk by chunk; the other ranks wait. The second commit then makes its tree itself.
  constexpr auto long_copy = std::chrono::seconds(10);
  while (trees_.size() < 1 + turns && copied_member(Clock::time_point::max()) != nullptr) {
    if (copy_time_ > long_copy) break;
  }
  publisher_.keep_all();
  publisher_.last_state().writes_end(space_.end());
}

/// A copy is about to be made: it may take the space of trees of earlier jobs, if no reader can be in it.
void TreeSet::reuse_old_trees() {
  if (!old_.is_waiting()) return;
  if (old_.since() + options_.grace > Clock::now()) {
    if (file_.readers_noticed()) last_reader_ = Clock::now();
    if (!nobody_reads()) return;
  }
  // What made the published tree the file may still be on its way to stable storage.
  if (options_.power_safe) file_.sync();
  old_.give_to(space_);
}

/// When trees have come or gone, of which two are there: for the job that continues the file if this one is killed.
void TreeSet::tell_trees() {
  if (runs_.has_shared()) {
    for (const auto& member : trees_) member->driver.own_blocks().clear();
  }
  const bool is_found = std::ranges::any_of(trees_, [](const auto& one) { return one->is_found(); });
  if (is_found || trees_.size() < 2) return;
  std::vector<std::uint64_t> roots;
  for (const auto& member : trees_) roots.push_back(member->driver.root());
  if (roots == told_ && !old_.frees_found(trees_, runs_.has_shared())) return;
  TreeRecord record = old_.record(trees_, runs_.has_shared(), publisher_.published_end());
  record.end = end_of(published()->driver.superblock());
  reusable_.tell(std::move(record));
  told_ = std::move(roots);
}

/// What the published tree and those that it took turns with do not have.
void TreeSet::give_back() noexcept {
  publisher_.give_back();
  for (const auto& member : trees_) member->driver.own_blocks().forget_behind(publisher_.kept());
}

void TreeSet::drop_copy() noexcept {
  if (copy_ && !runs_.has_shared()) old_.discard(copy_->blocks(), publisher_.kept());
  copy_.reset();
}

}  // namespace tessera::hdf5
