#include <algorithm>

#include "hdf5/index_elements.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::size_t prefix_bytes = 14;  ///< signature, version, client, address of the header
constexpr std::size_t checksum_bytes = 4;

}  // namespace

/// A fixed array: a header and one data block, which is divided into pages where it is large.
void read_fixed_array(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, TakeElement take,
                      SeeBlock see) {
  constexpr std::uint64_t header_bytes = 28;
  const IndexBlock first_block(source, address, header_bytes, "FAHD");
  Cursor header = first_block.content();
  header.skip(1);
  const bool filtered = header.number(1) == 1;
  const ElementForm form{chunk_bytes, header.number(1), filtered};
  const std::uint64_t per_page = std::uint64_t{1} << std::min<std::uint64_t>(header.number(1), 63);
  const std::uint64_t count = header.number(8);
  const std::uint64_t block_address = header.number(8);
  // Every element takes a byte at least: a count that is wrong asks for no more memory than the file has bytes.
  if (form.bytes < (filtered ? 13U : 8U) || form.bytes > 20 || count > source.length) {
    damaged_index("FAHD", address, "its numbers are impossible");
  }
  if (block_address == no_address) return;
  const auto take_elements = [&](Cursor& cursor, std::uint64_t first, std::uint64_t elements) {
    for (std::uint64_t i = 0; i < elements; ++i) {
      const IndexEntry entry = form.take(cursor);
      if (entry.address != no_address) take(first + i, entry);
    }
  };
  const std::uint64_t pages = count > per_page ? (count + per_page - 1) / per_page : 0;
  const std::uint64_t mask_bytes = (pages + 7) / 8;
  const std::uint64_t block_bytes = prefix_bytes + mask_bytes + (pages > 0 ? 0 : count * form.bytes) + checksum_bytes;
  const IndexBlock block(source, block_address, block_bytes, "FADB");
  Cursor cursor = block.content();
  cursor.skip(2);
  if (cursor.number(8) != address) damaged_index("FADB", block_address, "it belongs to another index");
  if (pages == 0) {
    take_elements(cursor, 0, count);
    return see({ArrayBlock::Kind::data, block_address, block.bytes()});
  }
  const std::uint64_t page_bytes = per_page * form.bytes + checksum_bytes;
  std::uint64_t written = 0;
  for (std::uint64_t page = 0; page < pages; ++page) {
    if (page % 8 == 0) written = cursor.number(1);
    if ((written >> (7 - page % 8) & 1) == 0) continue;  // the first page is the highest bit
    const std::uint64_t first = page * per_page;
    const std::uint64_t elements = std::min(per_page, count - first);
    const IndexBlock one(source, block_address + block_bytes + page * page_bytes,
                         elements * form.bytes + checksum_bytes, "");
    Cursor content = one.content();
    take_elements(content, first, elements);
    see({ArrayBlock::Kind::page, block_address + block_bytes + page * page_bytes, one.bytes()});
  }
  see({ArrayBlock::Kind::data, block_address, block.bytes(), 0, count * form.bytes + pages * checksum_bytes});
}

}  // namespace tessera::hdf5
