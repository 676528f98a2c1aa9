#include "hdf5/heap_references.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/global_heap.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/index_block.hpp"

namespace tessera::hdf5 {

namespace {

/// HDF5 is called by one thread at a time.
std::size_t referred_now = 0;
std::uint64_t heap_begin = 0, heap_end = 0;  ///< where the heap lies that was read last

/// HDF5 reads global heaps as if they were raw data, a long one in two parts.
bool is_of_heap(std::uint64_t address, std::span<const std::byte> block) {
  constexpr std::size_t header_bytes = 16;
  if (block.size() >= header_bytes && std::memcmp(block.data(), "GCOL", 4) == 0) {
    heap_begin = address;
    heap_end = address + Cursor(block.subspan(8)).number(8);
  }
  return address >= heap_begin && address < heap_end;
}

class Looking {
 public:
  explicit Looking(std::size_t referred) : before_(std::exchange(referred_now, referred)) {}
  ~Looking() {
    referred_now = before_;
    heap_end = 0;  // the next file has others
  }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

 private:
  std::size_t before_;
};

/// Whether addresses and lengths have 8 bytes, as in files of ours.
bool has_long_addresses(hid_t dataset, const std::string& about) {
  const Handle file(check_id(H5Iget_file_id(dataset), "H5Iget_file_id", about), H5Fclose);
  const Handle list(check_id(H5Fget_create_plist(file.get()), "H5Fget_create_plist", about), H5Pclose);
  std::size_t of_address = 0, of_length = 0;
  check(H5Pget_sizes(list.get(), &of_address, &of_length), "H5Pget_sizes", about);
  return of_address == 8 && of_length == 8;
}

/// Of what the references in this dataset's raw data count; 0: there are none, or they are not to be looked at.
std::size_t referred_by(hid_t dataset, const std::string& about) {
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", about), H5Tclose);
  const bool is_list = H5Tget_class(type.get()) == H5T_VLEN;
  if ((!is_list && H5Tis_variable_str(type.get()) <= 0) || !has_long_addresses(dataset, about)) return 0;
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(list.get());
  if ((layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) || H5Pget_nfilters(list.get()) != 0) return 0;
  if (!is_list) return 1;
  const Handle of(check_id(H5Tget_super(type.get()), "H5Tget_super", about), H5Tclose);
  // What refers to others in its turn is longer in memory than in the file.
  return H5Tdetect_class(of.get(), H5T_VLEN) > 0 || H5Tdetect_class(of.get(), H5T_STRING) > 0 ? 0
                                                                                              : H5Tget_size(of.get());
}

/// The heaps' bytes, the last one of which is kept: references follow each other.
class Heaps {
 public:
  explicit Heaps(ListSource source) : source_(source) {}
  /// Empty where there is none, or a damaged one.
  std::span<const std::byte> at(std::uint64_t address) {
    constexpr std::size_t header_bytes = 16;
    if (address == address_) return bytes_;
    address_ = address;
    bytes_.clear();
    const std::uint64_t end = source_.end - source_.base;
    if (end < header_bytes || address > end - header_bytes) return {};
    std::array<std::byte, header_bytes> header{};
    source_.read(source_.base + address, header);
    const std::uint64_t size = Cursor(std::span<const std::byte>(header).subspan(8)).number(8);
    if (std::memcmp(header.data(), "GCOL", 4) != 0 || size < header_bytes || size > end - address) return {};
    bytes_.resize(size);
    source_.read(source_.base + address, bytes_);
    if (!is_sound_heap(bytes_)) bytes_.clear();
    return bytes_;
  }

 private:
  ListSource source_;
  std::uint64_t address_ = ~std::uint64_t{0};
  std::vector<std::byte> bytes_;
};

/// \param raw references, as they are in the file \param referred bytes of what they count
void require_sound_references(std::span<const std::byte> raw, std::size_t referred, ListSource source) {
  constexpr std::size_t reference_bytes = 16;  // where addresses have 8
  Heaps heaps(source);
  for (std::size_t at = 0; at + reference_bytes <= raw.size(); at += reference_bytes) {
    Cursor cursor(raw.subspan(at, reference_bytes));
    const std::uint64_t length = cursor.number(4);
    const std::uint64_t address = cursor.number(8);
    const std::uint64_t number = cursor.number(4);
    if (length == 0 || address == 0) continue;
    if (object_in(heaps.at(address), number).size() == length * referred) continue;
    throw Error(ErrorCode::hdf5, "a damaged reference: there is no object " + std::to_string(number) + " of " +
                                     std::to_string(length * referred) + " bytes in a global heap at byte " +
                                     std::to_string(source.base + address) + " of the file");
  }
}

}  // namespace

void read_elements(hid_t dataset, hid_t type, hid_t memory, hid_t space, void* elements, const std::string& about) {
  const Looking looking(referred_by(dataset, about));
  check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, elements), "H5Dread", about);
}

void require_sound(H5FD_mem_t type, std::uint64_t address, std::span<const std::byte> block, ListSource source) {
  if (type == H5FD_MEM_OHDR) require_sound_lists(address, block, source);
  if (type == H5FD_MEM_DRAW && referred_now != 0 && !is_of_heap(address, block)) {
    require_sound_references(block, referred_now, source);
  }
}

}  // namespace tessera::hdf5
