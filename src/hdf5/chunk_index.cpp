#include "hdf5/chunk_index.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/find_chunk.hpp"
#include "hdf5/index_elements.hpp"

namespace tessera::hdf5 {

namespace {

/// Takes chunks by their place in the grid.
class Collector {
 public:
  Collector(const ChunkGrid& grid, std::uint64_t base) : grid_(grid), counts_(grid.counts()), base_(base) {
    // An array's first axis is the one that may grow, then the others.
    for (std::size_t axis = 0; axis < counts_.size(); ++axis) order_.push_back(axis);
    const auto grows = [&](std::size_t axis) { return grid.most[axis] == H5S_UNLIMITED; };
    std::stable_partition(order_.begin(), order_.end(), grows);
    for (std::size_t axis = 0; axis < counts_.size(); ++axis) {
      const hsize_t most = grid.most[axis];
      room_.push_back(most == H5S_UNLIMITED ? 0 : (most + grid.chunk[axis] - 1) / grid.chunk[axis]);
    }
  }

  /// By the number in an array, whose grid is as large as the dataset may become.
  void take(std::uint64_t number, const IndexEntry& entry) {
    std::array<std::uint64_t, H5S_MAX_RANK> scaled{};
    for (std::size_t i = order_.size(); i-- > 0;) {
      const std::size_t axis = order_[i];
      const std::uint64_t room = i == 0 ? 0 : room_[axis];
      scaled[axis] = room == 0 ? number : number % room;
      number = room == 0 ? 0 : number / room;
    }
    take(scaled.data(), entry);
  }

  void take(const std::uint64_t* scaled, const IndexEntry& entry) {
    std::uint64_t number = 0;
    for (std::size_t axis = 0; axis < counts_.size(); ++axis) {
      if (scaled[axis] >= counts_[axis]) return void(++index.outside);
      number = number * counts_[axis] + scaled[axis];
    }
    if (entry.size > std::numeric_limits<std::uint32_t>::max()) {
      throw Error(ErrorCode::hdf5, "the chunk index has a chunk of " + std::to_string(entry.size) + " bytes");
    }
    sorted_ = sorted_ && (index.chunks.empty() || index.chunks.back().index < number);
    index.chunks.push_back({number, base_ + entry.address, static_cast<std::uint32_t>(entry.size), entry.mask});
  }

  ChunkIndex finish() {
    if (!sorted_) std::ranges::sort(index.chunks, {}, &PlacedChunk::index);
    return std::move(index);
  }

  ChunkIndex index;

 private:
  const ChunkGrid& grid_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::uint64_t> room_;  ///< chunks along each axis, at most; 0: no limit
  std::vector<std::size_t> order_;
  std::uint64_t base_;
  bool sorted_ = true;
};

struct Root {
  std::string_view signature;
  haddr_t address = HADDR_UNDEF;
  std::uint64_t size = 0;
};

/// Has HDF5 look for the first chunk, and sees which index it opens.
std::optional<Root> find_root(InputDriver& driver, hid_t dataset, const std::string& about) {
  constexpr std::array<std::string_view, 4> signatures{"EAHD", "FAHD", "BTHD", "TREE"};
  const std::size_t before = driver.blocks().size();
  chunk_storage_size(dataset, {}, about);
  for (const MetadataBlock& block : std::span(driver.blocks()).subspan(before)) {
    const auto* const found = std::ranges::find(signatures, block.kind());
    if (found != signatures.end()) return Root{*found, block.address, block.size};
  }
  return std::nullopt;
}

/// The number of bytes before the file's first address.
std::uint64_t base_of(hid_t dataset, const std::string& about) {
  const Handle file(check_id(H5Iget_file_id(dataset), "H5Iget_file_id", about), H5Fclose);
  const Handle list(check_id(H5Fget_create_plist(file.get()), "H5Fget_create_plist", about), H5Pclose);
  hsize_t size = 0;
  check(H5Pget_userblock(list.get(), &size), "H5Pget_userblock", about);
  std::size_t addresses = 0;
  std::size_t lengths = 0;
  check(H5Pget_sizes(list.get(), &addresses, &lengths), "H5Pget_sizes", about);
  if (addresses != 8 || lengths != 8) throw Error(ErrorCode::hdf5, "its addresses do not have 8 bytes");
  return size;
}

/// An index that is no block: one chunk, or all chunks one after the other.
void look_up(InputDriver& driver, hid_t dataset, const ChunkGrid& grid, const std::string& about, ChunkIndex& index) {
  const std::vector<std::uint64_t> counts = grid.counts();
  if (grid.count() == 1) {
    if (const auto chunk = find_only_chunk(dataset, about)) index.chunks.push_back(*chunk);
    return;
  }
  for (std::uint64_t number = 0; number < grid.count(); ++number) {
    ChunkOffset offset{};
    std::uint64_t rest = number;
    for (std::size_t axis = counts.size(); axis-- > 0; rest /= counts[axis]) {
      offset[axis] = rest % counts[axis] * grid.chunk[axis];
    }
    auto chunk = find_chunk(driver, dataset, offset, about);
    if (!chunk) continue;
    chunk->index = number;
    index.chunks.push_back(*chunk);
  }
}

}  // namespace

ChunkIndex read_chunk_index(InputDriver& driver, hid_t dataset, const std::string& about) {
  const ChunkGrid grid = ChunkGrid::of(dataset, about);
  if (grid.count() == 0) return {};
  const std::uint64_t base = base_of(dataset, about);
  const std::optional<Root> root = find_root(driver, dataset, about);
  Collector collector(grid, base);
  if (!root) {
    if (H5Dget_storage_size(dataset) == 0) return {};  // goes through the index, where there is one
    look_up(driver, dataset, grid, about, collector.index);
    return collector.finish();
  }
  const auto read = [&](std::uint64_t offset, std::span<std::byte> bytes) { driver.file().read(offset, bytes); };
  IndexSource source{read, driver.file().size(), base, {}};
  const std::uint64_t address = root->address - base;
  const auto by_number = [&](std::uint64_t number, const IndexEntry& entry) { collector.take(number, entry); };
  const auto by_place = [&](const std::uint64_t* scaled, const IndexEntry& entry) { collector.take(scaled, entry); };
  if (root->signature == "EAHD") {
    read_extensible_array(source, address, grid.chunk_bytes(), by_number);
  } else if (root->signature == "FAHD") {
    read_fixed_array(source, address, grid.chunk_bytes(), by_number);
  } else if (root->signature == "BTHD") {
    read_btree_2(source, address, grid.chunk_bytes(), grid.chunk.size(), by_place);
  } else {
    std::vector<std::uint64_t> chunk(grid.chunk.begin(), grid.chunk.end());
    read_btree(source, address, root->size, chunk.data(), chunk.size(), by_place);
  }
  collector.index.blocks = std::move(source.blocks);
  return collector.finish();
}

}  // namespace tessera::hdf5
