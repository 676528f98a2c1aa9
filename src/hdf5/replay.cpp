#include "hdf5/replay.hpp"

#include <map>

#include "hdf5/check.hpp"

namespace tessera::hdf5 {

namespace {

/// Of chunks with several steps, which come anew in each of some records, the last ones, by dataset and first step.
using LastChunks = std::map<std::string, std::map<std::int64_t, const PlacedChunks*>>;

LastChunks last_chunks(const std::vector<const Record*>& records) {
  LastChunks last;
  for (const Record* record : records) {
    for (const PlacedChunks& set : record->chunks) {
      if (set.steps > 1 && !set.chunks.empty()) last[set.dataset][set.step.value_or(0)] = &set;
    }
  }
  return last;
}

/// Makes place for them: HDF5 would write a chunk that is as long as the one before where that lies.
void take_away(Tree& tree, const LastChunks& chunks, const Merged& merged) {
  for (const auto& [dataset, sets] : chunks) {
    const auto length = merged.lengths.find(dataset);
    const std::int64_t begin = sets.begin()->first;
    length == merged.lengths.end() ? tree.replace_from(dataset, begin) : tree.cut(dataset, begin);
  }
}

}  // namespace

void replay(const History& history, Member& member, const Names& present) {
  member.driver.set_writable(true);
  member.tree.begin_replay();
  const std::size_t end = history.end();
  std::deque<Record> reduced;
  std::vector<const Record*> records;
  for (std::size_t number = member.applied; number < end; ++number) {
    const bool is_whole = present.empty() || number + 1 == end;
    records.push_back(is_whole ? &history[number] : &reduced.emplace_back(without(history[number], present)));
  }
  Merged merged;
  for (const Record* record : records) {
    member.tree.apply(record->definitions);
    merged.add(*record);
  }
  const LastChunks last = last_chunks(records);
  take_away(member.tree, last, merged);
  for (const auto& [path, length] : merged.lengths) member.tree.apply(schema::SetLength{path, length});
  for (const Record* record : records) {
    for (const PlacedChunks& set : record->chunks) {
      if (set.steps > 1 && (set.chunks.empty() || last.at(set.dataset).at(set.step.value_or(0)) != &set)) continue;
      const hid_t dataset = member.tree.dataset(set.dataset);
      for (const PlacedChunk& chunk : set.chunks) {
        register_chunk(member, dataset, offset_of(set, set.step.value_or(0), chunk.index), chunk, set.dataset);
      }
    }
  }
  for (const auto& [path, writes] : merged.values) {
    for (const auto& write : writes) member.tree.apply(write);
  }
  member.applied = end;
}

std::array<hsize_t, H5S_MAX_RANK> offset_of(const PlacedChunks& set, std::int64_t step, std::uint64_t index) {
  std::array<hsize_t, H5S_MAX_RANK> offset{};
  const std::size_t lead = set.step ? 1 : 0;
  if (set.step) offset[0] = static_cast<hsize_t>(step);
  for (std::size_t axis = set.counts.size(); axis-- > 0;) {
    const auto count = static_cast<std::uint64_t>(set.counts[axis]);
    offset[lead + axis] = index % count * static_cast<std::uint64_t>(set.chunk[axis]);
    index /= count;
  }
  if (!set.chunk.empty()) offset[lead] += static_cast<hsize_t>(set.first * set.chunk[0]);
  return offset;
}

void register_chunk(Member& member, hid_t dataset, const std::array<hsize_t, H5S_MAX_RANK>& offset,
                    const PlacedChunk& chunk, const std::string& about) {
  const std::byte nothing{};  // never read: the driver drops the write
  member.driver.arm(chunk.address, chunk.size);
  const herr_t result = H5Dwrite_chunk(dataset, H5P_DEFAULT, chunk.mask, offset.data(), chunk.size, &nothing);
  check(result, "H5Dwrite_chunk", about);
  member.driver.disarm();
}

}  // namespace tessera::hdf5
