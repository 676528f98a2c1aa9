#pragma once

#include <string>
#include <vector>

#include "hdf5/chunk_list.hpp"
#include "hdf5/copy_attributes.hpp"
#include "hdf5/member.hpp"

namespace tessera::hdf5 {

/// Copies what groups hold from one tree of a file to another: attributes and datasets, as they are found there. Chunks
/// that ranks have written are not copied but registered, where they are.
///
/// Takes time with the number of chunks, so that can be done a part at a time.
class ContentCopy {
 public:
  /// Makes what `source` has in the group, all but values and chunks; in the root but for the groups there. The group
  /// exists.
  void begin(Member& source, Member& target, const std::string& group);

  /// Copies long chunk indexes whole, where that is possible: advance() then has nothing to do for them. Takes
  /// hundredths of a second for 10^6 chunks. After begin(), with the same source as that; `target` was never published,
  /// and nothing in the files is open. Both trees are refreshed.
  void copy_indexes(Member& source, Member& target);

  /// Copies values and chunks, until all is done (true) or that time has come. `source`: any tree that has at least
  /// what the first one had.
  bool advance(Member& source, Member& target, Member::Clock::time_point until);

 private:
  struct Part {
    ChunkList chunks;
    std::uint64_t next = 0;  ///< the chunk to look up next, counted over all steps
  };
  struct Series {
    std::string path;
    std::int64_t length = 0;
    std::int64_t columns = 0;  ///< of a table, whose rows count
    std::int64_t next = 0;
  };

  void begin(Member& source, Member& target, const std::string& group, Addresses& scales);
  void copy_dataset(Member& target, const std::string& path, hid_t from, const Addresses& scales);
  static bool register_first(Part& part, Member& source, Member& target);
  bool copy_chunks(Part& part, Member& source, Member& target, Member::Clock::time_point until);
  bool copy_values(Series& series, Member& source, Member& target, Member::Clock::time_point until);

  std::vector<Part> parts_;
  std::vector<Series> series_;
};

/// Makes a group like that of `source`, with its attributes; empty.
void copy_group(Member& source, Member& target, const std::string& path);

/// HDF5 may have made nothing of a read that failed. \throws Error what the driver met
void require_sound(Member& member);

/// What is copied goes to the storage, where nobody looks, so that it takes no memory. \throws Error
void flush(Member& member);

}  // namespace tessera::hdf5
