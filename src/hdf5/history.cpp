#include "hdf5/history.hpp"

#include <utility>

namespace tessera::hdf5 {

std::size_t History::bytes_until_end() const {
  return entries_.empty() ? 0 : entries_.back().bytes_before + entries_.back().record.bytes();
}

void History::push(Record record) {
  const std::size_t before = bytes_until_end();
  entries_.push_back({std::move(record), before});
}

void History::forget_before(std::size_t number) {
  for (; first_ < number && !entries_.empty(); ++first_) entries_.pop_front();
}

std::size_t History::bytes_from(std::size_t number) const {
  return number >= end() ? 0 : bytes_until_end() - entries_.at(number - first_).bytes_before;
}

}  // namespace tessera::hdf5
