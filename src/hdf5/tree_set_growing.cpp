#include "hdf5/check.hpp"
#include "hdf5/chunk_list.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/tree_set.hpp"

/// \file
/// Chunks with several steps, which commits write anew.

namespace tessera::hdf5 {

/// Writes them where no tree but the one that is brought up to date refers to.
void TreeSet::place_growing(const Member& member, Record& record) {
  std::vector<GrowingPlaces::Applied> others;
  for (const auto& one : trees_) {
    if (one.get() != &member) others.push_back(one->applied);
  }
  for (const GrowingChunk& chunk : record.growing) {
    PlacedChunks& set = record.chunks.at(chunk.set);
    const std::uint64_t address = growing_.take(set.dataset, set.step.value_or(0), chunk, others, space_);
    file_.write(address, chunk.bytes);
    set.chunks = {{0, address, static_cast<std::uint32_t>(chunk.bytes.size()), 0}};
  }
  record.growing = {};
}

/// At close. Where nothing is synced the tree before the last one is the file after a power failure.
void TreeSet::add_free_places() {
  const Member* before = nullptr;
  for (const auto& one : trees_) {
    if (one.get() == published() || one->is_found() || options_.power_safe) continue;
    if (before == nullptr || one->published > before->published) before = one.get();
  }
  add_free(growing_.unused(before != nullptr ? std::optional(before->applied) : std::nullopt));
}

std::optional<TreeSet::StoredChunk> TreeSet::stored_chunk(const std::string& dataset, std::int64_t first_step) {
  const LibraryLock lock;
  const Quiet quiet;
  std::optional<StoredChunk> result;
  open_what_is_lost();
  Member& source = *published();
  source.work([&] {
    if (!source.is_found()) {
      source.refresh();        // it takes runs that it links to for empty groups
      source.is_stale = true;  // and then may read blocks that are not to be added to
    }
    const hid_t opened = source.tree.dataset(dataset);
    const ChunkList chunks(dataset, ChunkGrid::of(opened, dataset));
    const std::uint64_t number = static_cast<std::uint64_t>(first_step / chunks.steps()) * chunks.per_step();
    if (number >= chunks.end()) return;
    const auto chunk = chunks.find(source, opened, number);
    if (!chunk) return;
    const std::uint64_t end = source.driver.end();
    if (chunk->address >= end || chunk->size > end - chunk->address) {
      throw Error(ErrorCode::hdf5, dataset + " has a chunk that lies behind the end of the file: it is damaged");
    }
    result = StoredChunk{{chunk->address, chunk->address + chunk->size}, chunk->mask, {}};
    result->bytes.resize(chunk->size);
    file_.read(chunk->address, result->bytes);
  });
  return result;
}

}  // namespace tessera::hdf5
