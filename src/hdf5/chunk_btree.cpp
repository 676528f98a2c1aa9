#include <array>
#include <bit>
#include <optional>

#include "hdf5/index_elements.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::size_t most_axes = 32;
constexpr std::size_t checksum_bytes = 4;
using Scaled = std::array<std::uint64_t, most_axes>;

/// A B-tree of version 1, which files for HDF5 1.8 and older have. No block has a checksum.
class Tree1 {
 public:
  Tree1(IndexSource& source, std::uint64_t node_bytes, const std::uint64_t* chunk, std::size_t axes, TakeScaled take)
      : source_(source), node_bytes_(node_bytes), chunk_(chunk), axes_(axes), take_(take) {}

  /// \param level that the node above expects
  void read(std::uint64_t address, std::optional<std::uint64_t> level) {
    constexpr std::uint64_t head_bytes = 24;
    const IndexBlock begin(source_, address, head_bytes, "TREE", IndexBlock::Checksum::none);
    Cursor head = begin.content();
    const std::uint64_t kind = head.number(1);
    const std::uint64_t here = head.number(1);
    const std::uint64_t count = head.number(2);
    if (kind != 1 || (level && here != *level)) damaged_index("TREE", address, "it belongs to another index");
    source_.blocks.pop_back();
    const std::uint64_t key_bytes = 8 + 8 * (axes_ + 1);
    const IndexBlock block(source_, address, head_bytes + count * (key_bytes + 8), "TREE", IndexBlock::Checksum::none);
    source_.blocks.back().size = node_bytes_;
    Cursor cursor = block.content();
    cursor.skip(head_bytes - 4);
    for (std::uint64_t i = 0; i < count; ++i) {
      IndexEntry entry;
      entry.size = cursor.number(4);
      entry.mask = static_cast<std::uint32_t>(cursor.number(4));
      Scaled scaled{};
      for (std::size_t axis = 0; axis < axes_; ++axis) scaled[axis] = cursor.number(8) / chunk_[axis];
      cursor.skip(8);
      entry.address = cursor.number(8);
      if (here == 0) {
        take_(scaled.data(), entry);
      } else {
        read(entry.address, here - 1);
      }
    }
  }

 private:
  IndexSource& source_;
  std::uint64_t node_bytes_;  ///< all nodes of a tree are as large
  const std::uint64_t* chunk_;
  std::size_t axes_;
  TakeScaled take_;
};

/// A B-tree of version 2: datasets with several unlimited axes.
class Tree2 {
 public:
  Tree2(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, std::size_t axes, TakeScaled take)
      : source_(source), chunk_bytes_(chunk_bytes), axes_(axes), take_(take) {
    constexpr std::uint64_t header_bytes = 38;
    const IndexBlock block(source, address, header_bytes, "BTHD");
    Cursor header = block.content();
    header.skip(1);
    type_ = header.number(1);
    node_bytes_ = header.number(4);
    record_bytes_ = header.number(2);
    depth_ = header.number(2);
    header.skip(2);
    root_ = header.number(8);
    root_records_ = header.number(2);
    constexpr std::uint64_t plain = 10;
    constexpr std::uint64_t filtered = 11;
    const std::uint64_t least = 8 + 8 * axes + (type_ == filtered ? 5 : 0);
    const bool sound = (type_ == plain || type_ == filtered) && record_bytes_ >= least && record_bytes_ <= least + 8 &&
                       node_bytes_ > record_bytes_ + prefix_bytes + checksum_bytes && depth_ < 64;
    if (!sound) damaged_index("BTHD", address, "its numbers are impossible");
    size_bytes_ = type_ == filtered ? static_cast<std::size_t>(record_bytes_ - 12 - 8 * axes) : 0;
    note_pointers();
  }

  void read() {
    if (root_ != no_address) read(root_, root_records_, depth_);
  }

 private:
  static constexpr std::uint64_t prefix_bytes = 6;
  struct Level {
    std::uint64_t most = 0;        ///< records in a node
    std::uint64_t most_below = 0;  ///< in it and below it
    std::size_t total_bytes = 0;   ///< a number of records in and below a node takes so many
  };

  static std::size_t bytes_of(std::uint64_t number) { return (std::bit_width(number) + 7) / 8; }

  /// How large pointers are at each level follows from how many records there can be below.
  void note_pointers() {
    levels_[0].most = levels_[0].most_below = (node_bytes_ - prefix_bytes - checksum_bytes) / record_bytes_;
    count_bytes_ = bytes_of(levels_[0].most);
    for (std::uint64_t depth = 1; depth <= depth_; ++depth) {
      const std::uint64_t pointer = pointer_bytes(depth);
      const std::uint64_t room = node_bytes_ - prefix_bytes - checksum_bytes;
      levels_[depth].most = room > pointer ? (room - pointer) / (record_bytes_ + pointer) : 0;
      levels_[depth].most_below = (levels_[depth].most + 1) * levels_[depth - 1].most_below + levels_[depth].most;
      levels_[depth].total_bytes = bytes_of(levels_[depth].most_below);
    }
  }

  std::uint64_t pointer_bytes(std::uint64_t depth) const {
    return 8 + count_bytes_ + (depth > 1 ? levels_[depth - 1].total_bytes : 0);
  }

  void read(std::uint64_t address, std::uint64_t records, std::uint64_t depth) {
    if (records > levels_[depth].most) damaged_index("of a B-tree", address, "it has too many records");
    const std::uint64_t pointers = depth > 0 ? (records + 1) * pointer_bytes(depth) : 0;
    const IndexBlock block(source_, address, prefix_bytes + records * record_bytes_ + pointers + checksum_bytes,
                           depth > 0 ? "BTIN" : "BTLF");
    source_.blocks.back().size = node_bytes_;
    Cursor cursor = block.content();
    cursor.skip(2);
    for (std::uint64_t i = 0; i < records; ++i) take_record(cursor);
    for (std::uint64_t i = 0; depth > 0 && i <= records; ++i) {
      const std::uint64_t child = cursor.number(8);
      const std::uint64_t count = cursor.number(count_bytes_);
      if (depth > 1) cursor.skip(levels_[depth - 1].total_bytes);
      read(child, count, depth - 1);
    }
  }

  void take_record(Cursor& cursor) const {
    IndexEntry entry;
    entry.address = cursor.number(8);
    entry.size = chunk_bytes_;
    if (size_bytes_ > 0) {
      entry.size = cursor.number(size_bytes_);
      entry.mask = static_cast<std::uint32_t>(cursor.number(4));
    }
    Scaled scaled{};
    for (std::size_t axis = 0; axis < axes_; ++axis) scaled[axis] = cursor.number(8);
    take_(scaled.data(), entry);
  }

  IndexSource& source_;
  std::uint64_t chunk_bytes_;
  std::size_t axes_;
  TakeScaled take_;
  std::uint64_t type_ = 0;
  std::uint64_t node_bytes_ = 0;
  std::uint64_t record_bytes_ = 0;
  std::uint64_t depth_ = 0;
  std::uint64_t root_ = no_address;
  std::uint64_t root_records_ = 0;
  std::size_t size_bytes_ = 0;
  std::size_t count_bytes_ = 0;
  std::array<Level, 64> levels_{};
};

}  // namespace

void read_btree(IndexSource& source, std::uint64_t address, std::uint64_t node_bytes, const std::uint64_t* chunk,
                std::size_t axes, TakeScaled take) {
  Tree1(source, node_bytes, chunk, axes, take).read(address, std::nullopt);
}

void read_btree_2(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, std::size_t axes,
                  TakeScaled take) {
  Tree2(source, address, chunk_bytes, axes, take).read();
}

}  // namespace tessera::hdf5
