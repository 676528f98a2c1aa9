#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hdf5/log.hpp"
#include "hdf5/member.hpp"

namespace tessera::hdf5 {

/// What all commits so far have defined: the part of a file's history that does not grow with its steps.
struct Inventory {
  schema::Operations definitions;
  std::map<std::string, PlacedChunks> fields;  ///< datasets that have chunks; only static ones with a list of them
  std::set<std::string> series;                ///< datasets whose values HDF5 wrote

  void add(const Record& record);
};

/// A new tree with the content of another one. Needs no history: definitions are repeated, the places of chunks and the
/// values of series are looked up in the other tree. Takes time with the number of chunks in the file, so it can be
/// done a part at a time while commits go on; records from the source's `applied` on are then left to replay().
class TreeCopy {
 public:
  /// Begins a copy of what `source` has now.
  TreeCopy(storage::File& file, Space& space, const Inventory& inventory, Member& source);

  std::size_t applied() const noexcept { return member_->applied; }
  bool is_lost() const noexcept { return member_->is_lost(); }

  /// Goes on until all is copied (true) or that time has come. `source`: any tree that has at least what the first had.
  bool advance(Member& source, Member::Clock::time_point until);

  OwnMember take() noexcept { return std::move(member_); }

 private:
  struct Part {
    PlacedChunks grid;
    std::int64_t steps = 1;
    std::uint64_t next = 0;  ///< the chunk to look up next, counted over all steps
  };
  struct Series {
    std::string path;
    std::int64_t length = 0;
    std::int64_t next = 0;
  };

  void begin(const Inventory& inventory, Member& source);
  bool copy(Member& source, Member::Clock::time_point until);
  bool copy_chunks(Part& part, Member& source, Member::Clock::time_point until);
  bool copy_values(Series& series, Member& source, Member::Clock::time_point until);
  void flush();

  OwnMember member_;
  std::vector<Part> parts_;
  std::vector<Series> series_;
};

}  // namespace tessera::hdf5
