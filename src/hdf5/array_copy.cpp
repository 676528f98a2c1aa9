#include "hdf5/array_copy.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/index_elements.hpp"
#include "hdf5/lookup3.hpp"

namespace tessera::hdf5 {

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t signature_bytes = 4;
constexpr std::size_t header_at = 6;  ///< in all blocks but the header: its address
constexpr std::size_t address_bytes = 8;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t header_bytes = 72;

std::uint64_t number_at(const Bytes& block, std::size_t at, std::size_t size) {
  return Cursor(std::span(block).subspan(at)).number(size);
}

void put_number(Bytes& block, std::size_t at, std::size_t size, std::uint64_t number) {
  for (std::size_t i = 0; i < size; ++i) block[at + i] = static_cast<std::byte>(number >> (8 * i));
}

/// Where HDF5 finds the header of a dataset's array; nothing where its index is of another kind.
std::optional<std::uint64_t> array_of(Member& member, const ChunkList& chunks, std::uint64_t number) {
  member.driver.look_for_array();
  chunks.find(member, member.tree.dataset(chunks.path()), number);
  return member.driver.found_array();
}

class ArrayCopy {
 public:
  /// \param header of the array in `target`, which is replaced
  ArrayCopy(TreeDriver& target, std::uint64_t header) : target_(target), header_(header), old_header_(header_bytes) {
    target_.read_stored(header_, old_header_);
    index_ = number_at(old_header_, header_bytes - checksum_bytes - address_bytes, address_bytes);
  }

  void see(const ArrayBlock& block) {
    if (block.kind == ArrayBlock::Kind::page) {
      pages_.emplace_back(block.address, Bytes(block.bytes.begin(), block.bytes.end()));
      return;
    }
    Bytes copy = relocated(block);
    const std::uint64_t address = place_of(block);
    placed_[block.address] = address;
    add_pages(block, copy);
    if (block.kind == ArrayBlock::Kind::header || block.kind == ArrayBlock::Kind::index) {
      last_.emplace_back(address, std::move(copy));
    } else {
      target_.write_stored(address, copy);
    }
  }

  /// Puts the copy in the array's place, unless HDF5 made that by other numbers.
  bool finish() {
    constexpr std::size_t numbers = 12;  // with the signature; then come counts
    if (last_.size() != 2 || !std::equal(old_header_.begin(), old_header_.begin() + numbers, last_[1].second.begin())) {
      return false;
    }
    for (const auto& [address, bytes] : last_) target_.write_stored(address, bytes);
    return true;
  }

 private:
  Bytes relocated(const ArrayBlock& block) const {
    Bytes copy(block.bytes.begin(), block.bytes.end());
    if (block.kind != ArrayBlock::Kind::header) put_number(copy, header_at, address_bytes, header_);
    const std::size_t end = copy.size() - checksum_bytes;
    for (std::size_t at = end - block.pointers * address_bytes; at < end; at += address_bytes) {
      const std::uint64_t old = number_at(copy, at, address_bytes);
      if (old != no_address) put_number(copy, at, address_bytes, placed_.at(old));
    }
    put_number(copy, end, checksum_bytes, lookup3(std::span(copy).first(end)));
    return copy;
  }

  /// The header and the index block are as long as those that HDF5 made.
  std::uint64_t place_of(const ArrayBlock& block) {
    if (block.kind == ArrayBlock::Kind::header) return header_;
    if (block.kind == ArrayBlock::Kind::index) return index_;
    return target_.make_block(block.bytes.size() + block.page_bytes);
  }

  void add_pages(const ArrayBlock& block, Bytes& copy) {
    if (block.page_bytes == 0) return;
    copy.resize(copy.size() + block.page_bytes);
    for (const auto& [address, bytes] : std::exchange(pages_, {})) {
      std::ranges::copy(bytes, copy.begin() + static_cast<std::ptrdiff_t>(address - block.address));
    }
  }

  TreeDriver& target_;
  std::uint64_t header_;
  Bytes old_header_;
  std::uint64_t index_ = no_address;
  std::map<std::uint64_t, std::uint64_t> placed_;  ///< where blocks of the source went
  std::vector<std::pair<std::uint64_t, Bytes>> pages_;
  std::vector<std::pair<std::uint64_t, Bytes>> last_;  ///< the index block, then the header
};

/// A fixed array is as long in both trees, so HDF5 has made a block for all of it.
class FixedCopy {
 public:
  static constexpr std::size_t header_bytes = 28;

  FixedCopy(Member& source, std::uint64_t from, TreeDriver& target, std::uint64_t to)
      : target_(target), to_(to), source_header_(header_bytes), header_(header_bytes) {
    source.driver.read_stored(from, source_header_);
    target_.read_stored(to, header_);
  }

  /// Whether both have places for as many chunks, in pages of the same size.
  bool fits(std::uint64_t chunks) const {
    return std::equal(header_.begin(), header_.begin() + address_at, source_header_.begin()) &&
           number_at(header_, count_at, 8) == chunks && number_at(header_, address_at, address_bytes) != no_address;
  }

  void see(const ArrayBlock& block) {
    Bytes copy(block.bytes.begin(), block.bytes.end());
    if (block.kind != ArrayBlock::Kind::page) {
      put_number(copy, header_at, address_bytes, to_);
      const std::size_t end = copy.size() - checksum_bytes;
      put_number(copy, end, checksum_bytes, lookup3(std::span(copy).first(end)));
    }
    const std::uint64_t offset = block.address - number_at(source_header_, address_at, address_bytes);
    target_.write_stored(number_at(header_, address_at, address_bytes) + offset, copy);
  }

 private:
  static constexpr std::size_t count_at = 8;
  static constexpr std::size_t address_at = 16;  ///< of the block; what comes before says how it is divided

  TreeDriver& target_;
  std::uint64_t to_;
  Bytes source_header_;
  Bytes header_;
};

bool is_fixed(Member& member, std::uint64_t header) {
  constexpr std::string_view signature = "FAHD";
  Bytes bytes(signature.size());
  member.driver.read_stored(header, bytes);
  return std::equal(bytes.begin(), bytes.end(), signature.begin(),
                    [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
}

bool copy_fixed(IndexSource& index, Member& source, std::uint64_t from, Member& target, std::uint64_t to,
                std::uint64_t chunks) {
  FixedCopy copy(source, from, target.driver, to);
  if (!copy.fits(chunks)) return false;
  read_fixed_array(
      index, from, 0, [](std::uint64_t, const IndexEntry&) {}, [&](const ArrayBlock& block) { copy.see(block); });
  return true;
}

}  // namespace

bool copy_array(Member& source, Member& target, const ChunkList& chunks, std::uint64_t number) {
  const auto from = array_of(source, chunks, number);
  const auto to = array_of(target, chunks, number);
  if (!from || !to) return false;
  const auto read = [&](std::uint64_t offset, std::span<std::byte> bytes) { source.driver.read_stored(offset, bytes); };
  IndexSource index{read, source.driver.end(), 0, {}};
  if (is_fixed(source, *from) != is_fixed(target, *to)) return false;
  if (is_fixed(source, *from)) return copy_fixed(index, source, *from, target, *to, chunks.end());
  ArrayCopy copy(target.driver, *to);
  bool all_within = true;
  const auto beyond = [&](std::uint64_t, const IndexEntry&) { all_within = false; };
  read_extensible_array(
      index, *from, 0, beyond, [&](const ArrayBlock& block) { copy.see(block); }, chunks.end());
  return all_within && copy.finish();
}

}  // namespace tessera::hdf5
