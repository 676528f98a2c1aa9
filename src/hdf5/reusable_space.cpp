#include "hdf5/reusable_space.hpp"

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

/// The chunks behind a step, or behind the rows of a table. A series has many steps in one, and stays as it is.
void add_chunks_from(Member& source, const schema::SetLength& cut, std::vector<Extent>& extents) {
  const hid_t dataset = source.tree.dataset(cut.path);
  const ChunkGrid shape = ChunkGrid::of(dataset, cut.path);
  if (shape.is_series() || !(shape.is_column || (shape.has_time() && shape.chunk[0] == 1))) return;
  const ChunkList chunks(cut.path, shape);
  const auto length = static_cast<std::uint64_t>(cut.length);
  const std::uint64_t first =
      shape.is_column ? round_up<std::uint64_t>(length, shape.chunk[0]) / shape.chunk[0] : length * chunks.per_step();
  for (std::uint64_t number = first; number < chunks.end(); ++number) {
    if (const auto chunk = chunks.find(source, dataset, number); chunk && is_content(source, *chunk))
      extents.push_back({chunk->address, chunk->address + chunk->size});
  }
}

}  // namespace

void ReusableSpace::create() { write(FreeRecord::bytes_of({})); }

void ReusableSpace::find(std::uint64_t end) {
  FreeRecord::Bytes bytes;
  file_.read(FreeRecord::offset, bytes);
  const auto extents = FreeRecord::read(bytes, end);
  if (!extents) return;
  record_ = bytes;
  free_.add(*extents, Clock::now(), own_alignment);
}

std::uint64_t ReusableSpace::alignment() const noexcept { return record_ ? own_alignment : 1; }

std::optional<Extent> ReusableSpace::offer(Clock::time_point now, Clock::duration grace) const {
  return free_.largest(now, grace);
}

void ReusableSpace::use(const Extent& extent) {
  if (extent.size() > 0) used_ = extent;
}

void ReusableSpace::look_at_dropped(Member& published, const Record& record) {
  dropped_.clear();
  std::vector<const schema::SetLength*> cuts;
  for (const auto& operation : record.definitions) {
    if (const auto* cut = std::get_if<schema::SetLength>(&operation)) cuts.push_back(cut);
  }
  if (cuts.empty()) return;
  if (!published.is_found()) {
    published.refresh();        // it takes runs that it links to for empty groups
    published.is_stale = true;  // and then may read blocks that are not to be added to
  }
  for (const auto* cut : cuts) add_chunks_from(published, *cut, dropped_);
}

void ReusableSpace::before_superblock() {
  if (!record_ || !used_) return;
  if (power_safe_) {  // and a sync follows
    FreeExtents rest = free_;
    rest.remove(*used_);
    write(FreeRecord::bytes_of(rest.all()));
  } else if (const auto nothing = FreeRecord::bytes_of({}); record_ != nothing) {
    write(nothing);
    file_.sync();
  }
}

/// After a power failure the record must not name what an older superblock still refers to.
void ReusableSpace::tell() noexcept {
  if (!record_) return;
  std::optional<Error> ignored;  // the next job knows of less
  attempt(ignored, [&] {
    const auto record = FreeRecord::bytes_of(free_.all());
    if (record_ == record) return;
    if (is_unsynced_) file_.sync();
    is_unsynced_ = false;
    write(record);
  });
}

void ReusableSpace::committed() {
  if (used_) free_.remove(*std::exchange(used_, std::nullopt));
  if (dropped_.empty()) return;
  free_.add(std::exchange(dropped_, {}), Clock::now(), alignment());
  is_unsynced_ = !power_safe_;
  tell();
}

void ReusableSpace::failed(bool in_doubt) noexcept {
  std::optional<Error> ignored;  // then it is not used again
  if (in_doubt && used_) attempt(ignored, [&] { free_.remove(*used_); });
  if (ignored) free_ = {};
  used_.reset();
  dropped_.clear();
}

void ReusableSpace::write(const FreeRecord::Bytes& record) {
  if (record_ == record) return;
  file_.write(FreeRecord::offset, record);
  record_ = record;
}

}  // namespace tessera::hdf5
