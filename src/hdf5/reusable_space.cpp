#include "hdf5/reusable_space.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/attempt.hpp"
#include "base/round_up.hpp"
#include "hdf5/chunk_list.hpp"

namespace tessera::hdf5 {

namespace {

/// In a file that has the record whatever lies in it begins at a multiple of 8; in files of others, anywhere.
constexpr std::uint64_t own_alignment = 8;

/// What a damaged index may say is none.
bool is_content(const Member& source, const PlacedChunk& chunk) {
  const std::uint64_t end = source.driver.end();
  return chunk.address >= Superblock::max_size && chunk.address < end && chunk.size <= end - chunk.address;
}

/// A damaged record may say that something is free twice.
bool are_apart(const FreeRecord& record) {
  if (!record.trees) return true;
  std::vector<Extent> all = record.chunks;
  const auto add = [&](const std::vector<Extent>& more) { all.insert(all.end(), more.begin(), more.end()); };
  add(record.trees->unused);
  for (const TreeBlocks& tree : record.trees->trees) add(tree.blocks);
  std::ranges::sort(all, {}, &Extent::begin);
  const auto overlap = [](const Extent& one, const Extent& next) { return one.end > next.begin; };
  return std::ranges::adjacent_find(all, overlap) == all.end();
}

/// The chunks behind a step, or behind the rows of a table; where they have several steps, that with the step too,
/// which is written anew. A series has many steps in one, and stays as it is.
void add_chunks_from(Member& source, const schema::SetLength& cut, std::vector<Extent>& extents) {
  const hid_t dataset = source.tree.dataset(cut.path);
  const ChunkGrid shape = ChunkGrid::of(dataset, cut.path);
  if (shape.is_series() || !(shape.is_column || shape.has_time())) return;
  const ChunkList chunks(cut.path, shape);
  const auto length = static_cast<std::uint64_t>(cut.length);
  const auto in_chunk = static_cast<std::uint64_t>(chunks.steps());
  const std::uint64_t first = shape.is_column ? round_up<std::uint64_t>(length, shape.chunk[0]) / shape.chunk[0]
                                              : length / in_chunk * chunks.per_step();
  for (std::uint64_t number = first; number < chunks.end(); ++number) {
    if (const auto chunk = chunks.find(source, dataset, number); chunk && is_content(source, *chunk))
      extents.push_back({chunk->address, chunk->address + chunk->size});
  }
}

}  // namespace

void ReusableSpace::create() { write({}); }

void ReusableSpace::find(std::uint64_t end) {
  FreeRecord::Bytes bytes;
  file_.read(FreeRecord::offset, bytes);
  record_ = FreeRecord::read(bytes, end);
  if (!record_) return;
  if (!are_apart(*record_)) record_->trees.reset();
  // What does not hold goes before the first commit: it may seem to hold again when the file has become longer.
  is_written_ = record_->bytes() == bytes;
  free_.add(record_->chunks, Clock::now(), 1);
}

std::uint64_t ReusableSpace::alignment() const noexcept { return record_ && !has_tiny_chunks_ ? own_alignment : 1; }

std::optional<Extent> ReusableSpace::offer(Clock::time_point now, Clock::duration grace) const {
  return free_.largest(now, grace);
}

void ReusableSpace::use(const Extent& extent) {
  if (extent.size() > 0) used_ = extent;
}

void ReusableSpace::look_at_dropped(Member& published, const Record& record) {
  dropped_.clear();
  for (const GrowingChunk& chunk : record.growing) {
    if (chunk.replaced) dropped_.push_back(*chunk.replaced);
  }
  std::vector<schema::SetLength> cuts;
  for (const auto& operation : record.definitions) {
    if (const auto* cut = std::get_if<schema::SetLength>(&operation)) cuts.push_back(*cut);
    if (const auto* cut = std::get_if<schema::CutSteps>(&operation)) cuts.push_back({cut->path, cut->length});
  }
  if (cuts.empty()) return;
  if (!published.is_found()) {
    published.refresh();        // it takes runs that it links to for empty groups
    published.is_stale = true;  // and then may read blocks that are not to be added to
  }
  for (const schema::SetLength& cut : cuts) add_chunks_from(published, cut, dropped_);
}

/// Commits that do not sync do it here, where something is not to be found any more.
void ReusableSpace::before_superblock() {
  if (!record_) return;
  FreeRecord next = *record_;
  if (used_ && power_safe_) {
    FreeExtents rest = free_;
    rest.remove(*used_);
    next.chunks = rest.all();
  } else if (used_) {
    next.chunks.clear();
  }
  if (forgets_blocks_ && next.trees) {
    for (TreeBlocks& tree : next.trees->trees) tree.blocks.clear();
  }
  if (is_written_ && next == record_) return;
  write(std::move(next));
  if (!power_safe_) file_.sync();
}

void ReusableSpace::tell(TreeRecord trees) noexcept {
  if (!record_) return;
  std::optional<Error> ignored;  // the next job knows of less
  attempt(ignored, [&] { write({record_->chunks, std::move(trees)}); });
}

/// After a power failure the record must not name chunks that an older superblock still refers to.
void ReusableSpace::tell_all(std::optional<TreeRecord> trees) noexcept {
  if (!record_) return;
  std::optional<Error> ignored;  // the next job knows of less
  attempt(ignored, [&] {
    FreeRecord next{free_.all(), std::move(trees)};
    if (next.chunks != record_->chunks && is_unsynced_) file_.sync();
    if (next.chunks != record_->chunks) is_unsynced_ = false;
    write(std::move(next));
  });
}

void ReusableSpace::committed() {
  if (used_) free_.remove(*std::exchange(used_, std::nullopt));
  if (dropped_.empty()) return;
  free_.add(std::exchange(dropped_, {}), Clock::now(), alignment());
  is_unsynced_ = !power_safe_;
  tell_all(trees());
}

void ReusableSpace::failed(bool in_doubt) noexcept {
  std::optional<Error> ignored;  // then it is not used again
  if (in_doubt && used_) attempt(ignored, [&] { free_.remove(*used_); });
  if (ignored) free_ = {};
  used_.reset();
  dropped_.clear();
}

void ReusableSpace::write(FreeRecord record) {
  if (is_written_ && record_ == record) return;
  is_written_ = false;
  file_.write(FreeRecord::offset, record.bytes());
  is_written_ = true;
  record_ = std::move(record);
}

}  // namespace tessera::hdf5
