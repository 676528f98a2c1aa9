#include <algorithm>
#include <vector>

#include "hdf5/index_elements.hpp"

namespace tessera::hdf5 {

IndexEntry ElementForm::take(Cursor& cursor) const noexcept {
  IndexEntry entry;
  entry.address = cursor.number(8);
  entry.size = chunk_bytes;
  if (!filtered) return entry;
  entry.size = cursor.number(bytes - 12);
  entry.mask = static_cast<std::uint32_t>(cursor.number(4));
  return entry;
}

namespace {

constexpr std::size_t prefix_bytes = 14;  ///< signature, version, client, address of the header
constexpr std::size_t checksum_bytes = 4;

/// An extensible array: its first elements in an index block, the next in data blocks that it names, further ones in
/// data blocks that secondary blocks name. Data blocks grow; large ones are divided into pages.
class ExtensibleArray {
 public:
  ExtensibleArray(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, TakeElement take, SeeBlock see,
                  std::uint64_t least)
      : source_(source), header_(address), chunk_bytes_(chunk_bytes), take_(take), see_(see), least_(least) {}

  void read() {
    constexpr std::uint64_t header_bytes = 72;
    const IndexBlock header(source_, header_, header_bytes, "EAHD");
    Cursor cursor = header.content();
    read_header(cursor);
    if (index_block_ != no_address) read_index_block();
    see_({ArrayBlock::Kind::header, header_, header.bytes(), 1});
  }

 private:
  void read_index_block() {
    const std::uint64_t direct = 2 * (data_pointers_ - 1);  // addresses of data blocks in the index block
    const std::uint64_t levels = 1 + (index_bits_ - log2(least_elements_));
    const std::uint64_t direct_levels = 2 * log2(data_pointers_);
    const std::uint64_t secondary = levels > direct_levels ? levels - direct_levels : 0;
    const IndexBlock block(source_, index_block_,
                           prefix_bytes + first_elements_ * form_.bytes + 8 * (direct + secondary) + checksum_bytes,
                           "EAIB");
    Cursor cursor = begin(block, index_block_);
    take_elements(cursor, 0, first_elements_);
    std::uint64_t next = first_elements_;
    std::uint64_t number = 0;
    for (std::uint64_t level = 0; level < direct_levels; ++level) {
      // HDF5 writes into these blocks an offset that counts the blocks of the levels before as if they were this long.
      const std::uint64_t stated = next + number * elements_of(level);
      for (std::uint64_t i = 0; i < blocks_of(level); ++i, ++number, next += elements_of(level)) {
        read_data_block(cursor.number(8), next, stated + i * elements_of(level), elements_of(level),
                        [](std::uint64_t) { return true; });
      }
    }
    for (std::uint64_t level = direct_levels; level < levels; ++level) {
      read_secondary_block(cursor.number(8), level, next);
      next += blocks_of(level) * elements_of(level);
    }
    see_({ArrayBlock::Kind::index, index_block_, block.bytes(), static_cast<std::size_t>(direct + secondary)});
  }

  static std::uint64_t log2(std::uint64_t power) {
    std::uint64_t result = 0;
    while (power >>= 1) ++result;
    return result;
  }

  static std::uint64_t blocks_of(std::uint64_t level) { return std::uint64_t{1} << (level / 2); }
  std::uint64_t elements_of(std::uint64_t level) const {
    return (std::uint64_t{1} << ((level + 1) / 2)) * least_elements_;
  }

  void read_header(Cursor& cursor) {
    cursor.skip(1);
    const bool filtered = cursor.number(1) == 1;
    form_ = {chunk_bytes_, cursor.number(1), filtered};
    index_bits_ = cursor.number(1);
    first_elements_ = cursor.number(1);
    least_elements_ = cursor.number(1);
    data_pointers_ = cursor.number(1);
    page_elements_ = std::uint64_t{1} << std::min<std::uint64_t>(cursor.number(1), 63);
    cursor.skip(48);
    index_block_ = cursor.number(8);
    const bool sound = form_.bytes >= (filtered ? 13U : 8U) && form_.bytes <= 20 && index_bits_ <= 64 &&
                       least_elements_ > 0 && data_pointers_ > 1 && log2(least_elements_) <= index_bits_;
    if (!sound) damaged_index("EAHD", header_, "its numbers are impossible");
  }

  /// Behind what every block begins with.
  Cursor begin(const IndexBlock& block, std::uint64_t address) const {
    Cursor cursor = block.content();
    cursor.skip(2);
    if (cursor.number(8) != header_) damaged_index("of an array", address, "it belongs to another index");
    return cursor;
  }

  std::size_t offset_bytes() const { return static_cast<std::size_t>((index_bits_ + 7) / 8); }

  /// Blocks say which is their first element, counted behind the index block's.
  void require_offset(Cursor& cursor, std::uint64_t first, std::uint64_t address) const {
    if (cursor.number(offset_bytes()) != first - first_elements_) {
      damaged_index("of an array", address, "it belongs elsewhere in its index");
    }
  }

  void take_elements(Cursor& cursor, std::uint64_t first, std::uint64_t count) const {
    const std::uint64_t skipped = first < least_ ? std::min(count, least_ - first) : 0;
    cursor.skip(skipped * form_.bytes);
    for (std::uint64_t i = skipped; i < count; ++i) {
      const IndexEntry entry = form_.take(cursor);
      if (entry.address != no_address) take_(first + i, entry);
    }
  }

  void read_secondary_block(std::uint64_t address, std::uint64_t level, std::uint64_t first) {
    if (address == no_address) return;
    const std::uint64_t count = blocks_of(level);
    const std::uint64_t elements = elements_of(level);
    const std::uint64_t pages = elements > page_elements_ ? elements / page_elements_ : 0;
    const std::uint64_t mask_bytes = (pages + 7) / 8;
    const IndexBlock block(source_, address, prefix_bytes + offset_bytes() + count * (mask_bytes + 8) + checksum_bytes,
                           "EASB");
    Cursor cursor = begin(block, address);
    require_offset(cursor, first, address);
    std::vector<std::uint8_t> written(count * mask_bytes);
    for (std::uint8_t& byte : written) byte = static_cast<std::uint8_t>(cursor.number(1));
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto is_written = [&](std::uint64_t page) {
        const std::uint64_t bit = i * pages + page;  // the first page is the highest bit
        return (written[bit / 8] >> (7 - bit % 8) & 1) != 0;
      };
      const std::uint64_t begin = first + i * elements;
      read_data_block(cursor.number(8), begin, begin, elements, is_written);
    }
    see_({ArrayBlock::Kind::secondary, address, block.bytes(), static_cast<std::size_t>(count)});
  }

  /// \param first its first element; \param stated what it says of that
  /// \param is_written of a block in pages: whether a page was
  void read_data_block(std::uint64_t address, std::uint64_t first, std::uint64_t stated, std::uint64_t elements,
                       FunctionRef<bool(std::uint64_t)> is_written) {
    if (address == no_address) return;
    const std::uint64_t prefix = prefix_bytes + offset_bytes() + checksum_bytes;
    const bool paged = elements > page_elements_;
    const IndexBlock block(source_, address, prefix + (paged ? 0 : elements * form_.bytes), "EADB");
    Cursor cursor = begin(block, address);
    require_offset(cursor, stated, address);
    if (!paged) {
      take_elements(cursor, first, elements);
      return see_({ArrayBlock::Kind::data, address, block.bytes()});
    }
    const std::uint64_t page_bytes = page_elements_ * form_.bytes + checksum_bytes;
    const std::uint64_t pages = elements / page_elements_;
    for (std::uint64_t page = 0; page < pages; ++page) {
      if (!is_written(page)) continue;
      const IndexBlock one(source_, address + prefix + page * page_bytes, page_bytes, "");
      Cursor content = one.content();
      take_elements(content, first + page * page_elements_, page_elements_);
      see_({ArrayBlock::Kind::page, address + prefix + page * page_bytes, one.bytes()});
    }
    see_({ArrayBlock::Kind::data, address, block.bytes(), 0, pages * page_bytes});
  }

  IndexSource& source_;
  std::uint64_t header_;
  std::uint64_t chunk_bytes_;
  TakeElement take_;
  SeeBlock see_;
  std::uint64_t least_;
  ElementForm form_;
  std::uint64_t index_bits_ = 0;
  std::uint64_t first_elements_ = 0;
  std::uint64_t least_elements_ = 0;
  std::uint64_t data_pointers_ = 0;
  std::uint64_t page_elements_ = 0;
  std::uint64_t index_block_ = no_address;
};

}  // namespace

void read_extensible_array(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, TakeElement take,
                           SeeBlock see, std::uint64_t least) {
  ExtensibleArray(source, address, chunk_bytes, take, see, least).read();
}

}  // namespace tessera::hdf5
