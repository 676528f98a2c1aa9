#pragma once

#include <array>
#include <string_view>

namespace bench {

/// What Tessera is measured against.
enum class Other {
  gzip,   ///< parallel HDF5, shuffle and gzip 4
  plain,  ///< parallel HDF5, uncompressed
  floor,  ///< what no writer can do without: encoding the chunks and writing the bytes
};

/// Where the files are. With fsync every step is on the disk before the next one begins.
enum class Place { memory, disk, fsync };

/// A row of the table. The figures asked for are in table.py.
struct Row {
  std::string_view name;
  Other other;
  Place place;
  bool shifted;  ///< blocks do not follow the chunks
};

inline constexpr std::array rows{
    Row{"gzip", Other::gzip, Place::memory, false},        Row{"shifted", Other::gzip, Place::memory, true},
    Row{"plain", Other::plain, Place::memory, false},      Row{"plain-disk", Other::plain, Place::disk, false},
    Row{"plain-fsync", Other::plain, Place::fsync, false}, Row{"floor", Other::floor, Place::memory, false},
    Row{"floor-fsync", Other::floor, Place::fsync, false},
};

}  // namespace bench
