#include "hdf5/tree_copy.hpp"

#include <algorithm>
#include <optional>

#include "base/attempt.hpp"
#include "hdf5/check.hpp"
#include "hdf5/replay.hpp"

namespace tessera::hdf5 {

namespace {

using Clock = Member::Clock;

std::int64_t length_of(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "H5Sget_simple_extent_dims", about);
  return static_cast<std::int64_t>(extents[0]);
}

/// Where the chunk that begins at `offset` lies. HDF5 1.10 to 1.14 have no function for it that does not walk the whole
/// index, so HDF5 is told to read the chunk, and the driver notes what it asks for.
std::optional<PlacedChunk> find_chunk(Member& source, hid_t dataset, const std::array<hsize_t, H5S_MAX_RANK>& offset,
                                      const std::string& about) {
  hsize_t size = 0;
  const herr_t known = H5Dget_chunk_storage_size(dataset, offset.data(), &size);
  // What HDF5 says of a chunk that nobody wrote.
  if (known < 0 && failed_with(H5E_DATASET, H5E_CANTGET)) return {};
  check(known, "H5Dget_chunk_storage_size", about);
  if (size == 0) return {};
  std::uint32_t mask = 0;
  std::byte nothing{};  // not written to: the driver reads nothing
  source.driver.look_for(size);
#if H5_VERSION_GE(2, 0, 0)
  std::size_t room = size;
  const herr_t result = H5Dread_chunk2(dataset, H5P_DEFAULT, offset.data(), &mask, &nothing, &room);
#else
  const herr_t result = H5Dread_chunk(dataset, H5P_DEFAULT, offset.data(), &mask, &nothing);
#endif
  const haddr_t address = source.driver.found();
  check(result, "H5Dread_chunk", about);
  return PlacedChunk{0, address, static_cast<std::uint32_t>(size), mask};
}

/// The same for a dataset of one chunk. HDF5 1.10.8 reads it with a wrong filter mask while the file is open in which
/// it was written, and its index is no longer than one.
std::optional<PlacedChunk> find_only_chunk(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  hsize_t count = 0;
  check(H5Dget_num_chunks(dataset, space.get(), &count), "H5Dget_num_chunks", about);
  if (count == 0) return {};
  std::array<hsize_t, H5S_MAX_RANK> offset{};
  unsigned mask = 0;
  haddr_t address = 0;
  hsize_t size = 0;
  check(H5Dget_chunk_info(dataset, space.get(), 0, offset.data(), &mask, &address, &size), "H5Dget_chunk_info", about);
  return PlacedChunk{0, address, static_cast<std::uint32_t>(size), mask};
}

std::vector<double> read_values(hid_t dataset, std::int64_t start, std::int64_t count, const std::string& about) {
  std::vector<double> values(static_cast<std::size_t>(count));
  const auto first = static_cast<hsize_t>(start);
  const auto length = static_cast<hsize_t>(count);
  const Handle in_file(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  const Handle in_memory(check_id(H5Screate_simple(1, &length, nullptr), "H5Screate_simple", about), H5Sclose);
  check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, &first, nullptr, &length, nullptr), "H5Sselect_hyperslab",
        about);
  check(H5Dread(dataset, H5T_NATIVE_DOUBLE, in_memory.get(), in_file.get(), H5P_DEFAULT, values.data()), "H5Dread",
        about);
  return values;
}

}  // namespace

void Inventory::add(const Record& record) {
  for (const PlacedChunks& set : record.chunks) {
    if (!set.step) {
      fields.insert_or_assign(set.dataset, set);
      continue;
    }
    if (fields.contains(set.dataset)) continue;
    fields.emplace(set.dataset, PlacedChunks{set.dataset, set.step, set.chunk, set.counts, set.has_components, {}});
  }
  for (const schema::WriteValues& write : record.finish) series.insert(write.path);
  // At last, since these are not the same when a record is added once more after a failure.
  definitions.insert(definitions.end(), record.definitions.begin(), record.definitions.end());
}

TreeCopy::TreeCopy(storage::File& file, Space& space, const Inventory& inventory, Member& source)
    : member_(new Member(file, space)) {
  member_->applied = source.applied;
  member_->work([&] { begin(inventory, source); });
}

void TreeCopy::begin(const Inventory& inventory, Member& source) {
  member_->tree.apply(inventory.definitions);
  for (const auto& [path, grid] : inventory.fields) {
    Part part{grid, 1, 0};
    if (grid.step) {
      part.steps = length_of(source.tree.dataset(path), path);
      member_->tree.apply(schema::SetLength{path, part.steps});
    }
    parts_.push_back(std::move(part));
  }
  for (const std::string& path : inventory.series) {
    series_.push_back({path, length_of(source.tree.dataset(path), path), 0});
    member_->tree.apply(schema::SetLength{path, series_.back().length});
  }
}

bool TreeCopy::advance(Member& source, Clock::time_point until) {
  bool done = false;
  member_->work([&] { done = copy(source, until); });
  return done;
}

bool TreeCopy::copy(Member& source, Clock::time_point until) {
  const auto all_of = [&](auto& list, auto&& copy) {
    return std::all_of(list.begin(), list.end(), [&](auto& one) { return copy(one); });
  };
  const bool done = all_of(parts_, [&](Part& part) { return copy_chunks(part, source, until); }) &&
                    all_of(series_, [&](Series& series) { return copy_values(series, source, until); });
  flush();
  return done;
}

/// A static dataset's are at hand. (HDF5 1.10.8 tells a wrong filter mask when a dataset's only chunk is read twice.)
/// \return whether the dataset is complete
bool TreeCopy::copy_chunks(Part& part, Member& source, Clock::time_point until) {
  constexpr std::uint64_t per_look = 64;     // chunks between two looks at the clock
  constexpr std::uint64_t per_flush = 8192;  // keeps the blocks in memory few
  std::uint64_t per_step = 1;
  for (const std::int64_t count : part.grid.counts) per_step *= static_cast<std::uint64_t>(count);
  const std::uint64_t end = per_step * static_cast<std::uint64_t>(part.steps);
  const std::string& path = part.grid.dataset;
  const hid_t from = source.tree.dataset(path);
  const hid_t to = member_->tree.dataset(path);
  if (!part.grid.step) {
    for (const PlacedChunk& chunk : part.grid.chunks) {
      register_chunk(*member_, to, offset_of(part.grid, 0, chunk.index), chunk, path);
    }
    part.grid.chunks.clear();
    return true;
  }
  for (; part.next < end; ++part.next) {
    if (part.next % per_look == 0 && Clock::now() >= until) return false;
    if (part.next % per_flush == per_flush - 1) flush();
    const auto offset = offset_of(part.grid, static_cast<std::int64_t>(part.next / per_step), part.next % per_step);
    const auto chunk = end == 1 ? find_only_chunk(from, path) : find_chunk(source, from, offset, path);
    if (chunk) register_chunk(*member_, to, offset, *chunk, path);
  }
  return true;
}

bool TreeCopy::copy_values(Series& series, Member& source, Clock::time_point until) {
  constexpr std::int64_t most = 1 << 16;
  while (series.next < series.length) {
    if (Clock::now() >= until) return false;
    const std::int64_t count = std::min(most, series.length - series.next);
    auto values = read_values(source.tree.dataset(series.path), series.next, count, series.path);
    member_->tree.apply(schema::WriteValues{series.path, series.next, std::move(values)});
    series.next += count;
  }
  return true;
}

/// What is copied goes to the storage, where nobody looks, so that it takes no memory.
void TreeCopy::flush() {
  check(H5Fflush(member_->tree.file(), H5F_SCOPE_GLOBAL), "H5Fflush", "a metadata tree");
  if (const auto failure = member_->driver.take_failure()) throw *failure;
  member_->driver.emit();
}

}  // namespace tessera::hdf5
