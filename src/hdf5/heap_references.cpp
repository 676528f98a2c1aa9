#include "hdf5/heap_references.hpp"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/index_block.hpp"
#include "hdf5/virtual_list.hpp"

namespace tessera::hdf5 {

namespace {

/// While it lives, HDF5 reads a dataset of references. HDF5 is called by one thread at a time.
class Looking {
 public:
  explicit Looking(std::size_t referred) : referred_(referred), before_(std::exchange(now, this)) {}
  ~Looking() { now = before_; }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

  /// What the references count; 0: they are not to be looked at.
  std::size_t referred() const noexcept { return referred_; }
  /// HDF5 reads global heaps as if they were raw data, a long one in two parts.
  bool is_of_heap(std::uint64_t address, std::span<const std::byte> block) noexcept {
    constexpr std::size_t header_bytes = 16;
    if (block.size() >= header_bytes && std::memcmp(block.data(), "GCOL", 4) == 0) {
      heap_begin_ = address;
      heap_end_ = address + Cursor(block.subspan(8)).number(8);
    }
    return address >= heap_begin_ && address < heap_end_;
  }

  static inline Looking* now = nullptr;

 private:
  std::size_t referred_;
  Looking* before_;
  std::uint64_t heap_begin_ = 0, heap_end_ = 0;  ///< of the heap that was read last
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

/// \param raw references, as they are in the file \param referred bytes of what they count
void require_sound_references(std::span<const std::byte> raw, std::size_t referred, HeapSource source) {
  constexpr std::size_t reference_bytes = 16;  // where addresses have 8
  std::vector<std::byte> heap;                 // the last one: references follow each other
  std::uint64_t heap_address = no_address;
  for (std::size_t at = 0; at + reference_bytes <= raw.size(); at += reference_bytes) {
    Cursor cursor(raw.subspan(at, reference_bytes));
    const std::uint64_t length = cursor.number(4);
    const std::uint64_t address = cursor.number(8);
    const std::uint64_t number = cursor.number(4);
    if (length == 0 || address == 0) continue;
    if (address != heap_address) heap = read_heap(address, source).value_or(std::vector<std::byte>());
    heap_address = address;
    if (object_in(heap, number).size() == length * referred) continue;
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

void require_sound(H5FD_mem_t type, std::uint64_t address, std::span<const std::byte> block, HeapSource source) {
  if (type == H5FD_MEM_OHDR) require_sound_lists(address, block, source);
  Looking* looking = Looking::now;
  if (type != H5FD_MEM_DRAW || looking == nullptr || looking->referred() == 0) return;
  if (!looking->is_of_heap(address, block)) require_sound_references(block, looking->referred(), source);
}

}  // namespace tessera::hdf5
