#include "hdf5/virtual_list.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/index_block.hpp"
#include "hdf5/lookup3.hpp"
#include "hdf5/metadata_block.hpp"

namespace tessera::hdf5 {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t message_bytes = 14;  ///< a layout message: version, class, address of a heap, number in it
constexpr std::byte virtual_class{3};

std::uint64_t number(Bytes bytes, std::size_t at, std::size_t size) noexcept {
  return Cursor(bytes.subspan(at, size)).number(size);
}

/// A version, a number of entries, these, and the checksum.
bool is_sound_list(Bytes list) noexcept {
  constexpr std::size_t checksum_bytes = 4;
  constexpr std::size_t least = 1 + 8 + checksum_bytes;
  if (list.size() < least) return false;
  const std::size_t end = list.size() - checksum_bytes;
  return number(list, end, checksum_bytes) == lookup3(list.first(end));
}

/// \param message that may be one by its first bytes: it is one where it leads to a heap
void require_sound_list(Bytes message, const HeapSource& source) {
  const std::uint64_t address = number(message, 2, 8);
  const auto heap = read_heap(address, source);
  if (!heap || is_sound_list(object_in(*heap, number(message, 10, 4)))) return;
  throw Error(ErrorCode::hdf5,
              "the list of what a virtual dataset refers to is damaged: its checksum is not that of "
              "object " +
                  std::to_string(number(message, 10, 4)) + " in the global heap at byte " +
                  std::to_string(source.base + address) + " of the file");
}

/// Versions of layout messages that can be of virtual datasets.
bool has_lists(std::byte version) noexcept { return version == std::byte{4} || version == std::byte{5}; }

}  // namespace

void require_sound_lists(std::uint64_t address, Bytes block, HeapSource source) {
  // Behind a header may lie what was one, and refers to what is no longer there.
  const std::uint64_t size = metadata_block(address, block).size;
  const Bytes known = block.first(std::min<std::uint64_t>(size, block.size()));
  for (std::size_t at = 0; at < known.size(); ++at) {
    if (!has_lists(known[at])) continue;
    if (at + 1 < known.size() && known[at + 1] != virtual_class) continue;
    if (size - at < message_bytes) return;
    std::array<std::byte, message_bytes> message{};
    if (known.size() - at >= message_bytes) {
      std::ranges::copy(known.subspan(at, message_bytes), message.begin());
    } else {
      source.read(address + at, message);  // HDF5 reads the rest of a long header later
    }
    if (message[1] == virtual_class) require_sound_list(message, source);
  }
}

}  // namespace tessera::hdf5
