#include "hdf5/tree_set.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"

namespace tessera::hdf5 {

struct TreeSet::Member {
  Member(storage::File& file, Space& space)
      : driver(file, space), tree(driver.create(), true) {}

  TreeDriver driver;
  Tree tree;
  std::size_t applied = 0;  ///< number of records that this tree has
  Clock::time_point replaced{};  ///< by another published tree
};

TreeSet::TreeSet(storage::File& file, const Options& options) : file_(file), options_(options) {
  const Quiet quiet;
  publish(add_member());
}

TreeSet::~TreeSet() {
  std::optional<Error> ignored;
  attempt(ignored, [&] { close(); });
}

void TreeSet::commit(Record record) {
  const Quiet quiet;
  history_bytes_ += record.bytes();
  history_.push_back(std::make_shared<const Record>(std::move(record)));
  Member* member = nullptr;
  std::optional<Error> failure;
  attempt(failure, [&] {
    member = &next_member();
    apply_history(*member);
    publish(*member);
  });
  if (!failure) {
    forget_history();
    return;
  }
  history_.pop_back();
  if (member != nullptr) {
    if (const auto cause = member->driver.take_failure()) failure = cause;
    discard(*member);
  }
  throw *failure;
}

/// A tree that failed may have half of a record: it goes, and the published one is as it was.
void TreeSet::discard(Member& member) {
  const auto found = std::find_if(trees_.begin(), trees_.end(), [&](const auto& one) { return one.get() == &member; });
  std::optional<Error> ignored;
  attempt(ignored, [&] { end(std::move(*found)); });
  trees_.erase(found);
  usable_ = trees_.size() > 1 || first_record_ == 0;
}

/// An idle tree that no reader can be in any more: the one that rests longest, a new one, or the first to be ready.
TreeSet::Member& TreeSet::next_member() {
  Member* oldest = nullptr;
  for (const auto& member : trees_) {
    if (member.get() != published_ && (oldest == nullptr || member->replaced < oldest->replaced)) oldest = member.get();
  }
  if (oldest != nullptr && oldest->replaced + options_.grace <= Clock::now()) return *oldest;
  const bool whole_history = first_record_ == 0;
  if (oldest == nullptr || (trees_.size() < options_.most_trees && whole_history)) return add_member();
  std::this_thread::sleep_until(oldest->replaced + options_.grace);
  return *oldest;
}

TreeSet::Member& TreeSet::add_member() {
  trees_.push_back(std::make_unique<Member>(file_, space_));
  return *trees_.back();
}

void TreeSet::apply_history(Member& member) {
  member.driver.set_writable(true);
  const std::size_t last = first_record_ + history_.size();
  Merged merged;
  for (std::size_t number = member.applied; number < last; ++number) {
    const Record& record = *history_[number - first_record_];
    member.tree.apply(record.definitions);
    merged.add(record);
  }
  for (const auto& [path, length] : merged.lengths) member.tree.apply(schema::SetLength{path, length});
  for (std::size_t number = member.applied; number < last; ++number) {
    for (const PlacedChunks& set : history_[number - first_record_]->chunks) register_chunks(member, set);
  }
  for (const auto& [path, writes] : merged.values) {
    for (const auto& write : writes) member.tree.apply(write);
  }
  check(H5Fflush(member.tree.file(), H5F_SCOPE_GLOBAL), "H5Fflush", "a metadata tree");
  member.applied = last;
}

void TreeSet::register_chunks(Member& member, const PlacedChunks& set) {
  const hid_t dataset = member.tree.dataset(set.dataset);
  const std::size_t lead = set.step ? 1 : 0;
  std::array<hsize_t, H5S_MAX_RANK> offset{};
  if (set.step) offset[0] = static_cast<hsize_t>(*set.step);
  const std::byte nothing{};  // never read: the driver drops the write
  for (const PlacedChunk& chunk : set.chunks) {
    std::uint64_t index = chunk.index;
    for (std::size_t axis = set.counts.size(); axis-- > 0;) {
      const auto count = static_cast<std::uint64_t>(set.counts[axis]);
      offset[lead + axis] = index % count * static_cast<std::uint64_t>(set.chunk[axis]);
      index /= count;
    }
    member.driver.arm(chunk.address, chunk.size);
    const herr_t result = H5Dwrite_chunk(dataset, H5P_DEFAULT, chunk.mask, offset.data(), chunk.size, &nothing);
    check(result, "H5Dwrite_chunk", set.dataset);
    member.driver.disarm();
  }
}

void TreeSet::publish(Member& member) {
  check(H5Fflush(member.tree.file(), H5F_SCOPE_GLOBAL), "H5Fflush", "a metadata tree");
  if (const auto failure = member.driver.take_failure()) throw *failure;
  member.driver.emit();
  if (options_.power_safe) file_.sync();
  member.driver.publish();
  if (options_.power_safe) file_.sync();
  member.driver.set_writable(false);
  if (published_ != nullptr) published_->replaced = Clock::now();
  published_ = &member;
  run_ahead(member.driver.end());
}

/// HDF5 asks for the file's length first and reads the superblock then: where a commit comes between, the length has to reach
/// beyond that commit's end, or the file counts as truncated. So the file is kept longer than its content (a hole at the end,
/// which takes no space) by more than a commit usually adds; close() cuts it off.
void TreeSet::run_ahead(std::uint64_t end) {
  constexpr std::uint64_t least = std::uint64_t{64} << 20;
  if (published_end_ != 0) largest_growth_ = std::max(largest_growth_, end - std::min(end, published_end_));
  published_end_ = end;
  std::optional<Error> ignored;  // a limit on file sizes, say: then readers take their chance
  attempt(ignored, [&] { file_.grow(end + std::max({least, end / 2, 4 * largest_growth_})); });
}

/// Drops what every tree has, once no further tree can be made from the beginning.
void TreeSet::forget_history() {
  const bool complete = trees_.size() >= options_.most_trees || history_bytes_ > options_.log_bytes;
  if (first_record_ == 0 && (!complete || trees_.size() < 2)) return;
  std::size_t common = first_record_ + history_.size();
  for (const auto& member : trees_) common = std::min(common, member->applied);
  for (; first_record_ < common; ++first_record_) history_.pop_front();
}

/// Closes a tree without another write. Where HDF5 cannot, it keeps the file, and tries again when the process ends: then
/// the driver has to be there still, so it is left behind.
void TreeSet::end(std::unique_ptr<Member> member) {
  member->driver.retire();
  std::optional<Error> failure;
  attempt(failure, [&] { member->tree.close(); });
  if (!failure) return;
  static_cast<void>(member.release());
  throw *failure;
}

void TreeSet::close() {
  const Quiet quiet;
  std::optional<Error> failure;
  for (auto& member : trees_) attempt(failure, [&] { end(std::move(member)); });
  trees_.clear();
  if (std::exchange(published_, nullptr) != nullptr) {
    attempt(failure, [&] {
      file_.truncate(published_end_);
      if (options_.power_safe) file_.sync();
    });
  }
  if (failure) throw *failure;
}

}  // namespace tessera::hdf5
