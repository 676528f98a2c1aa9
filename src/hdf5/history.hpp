#pragma once

#include <cstddef>
#include <deque>

#include "hdf5/log.hpp"

namespace tessera::hdf5 {

/// The records that some tree still lacks, numbered from the first commit of the file on.
class History {
 public:
  std::size_t end() const noexcept { return first_ + entries_.size(); }  ///< number of the record to come

  std::size_t size() const noexcept { return entries_.size(); }

  void push(Record record);
  void drop_last() { entries_.pop_back(); }
  void forget_before(std::size_t number);

  Record& last() { return entries_.back().record; }
  const Record& operator[](std::size_t number) const { return entries_.at(number - first_).record; }
  /// About how much memory the records from this one on take.
  std::size_t bytes_from(std::size_t number) const;

 private:
  struct Entry {
    Record record;
    std::size_t bytes_before = 0;  ///< of all records before this one
  };
  std::size_t bytes_until_end() const;

  std::deque<Entry> entries_;
  std::size_t first_ = 0;
};

}  // namespace tessera::hdf5
