#include "pipeline/bundle.hpp"

#include <utility>

namespace tessera::pipeline {

namespace {

void append(std::vector<std::int64_t>& to, std::size_t item, const std::vector<std::int64_t>& list) {
  if (list.empty()) return;
  to.insert(to.end(), {static_cast<std::int64_t>(item), static_cast<std::int64_t>(list.size())});
  to.insert(to.end(), list.begin(), list.end());
}

}  // namespace

void Bundle::add(grid::Lists lists) {
  if (items_ == 0) {
    lists_ = std::move(lists);
  } else {
    if (items_ == 1) number_the_first();
    for (std::size_t rank = 0; rank < lists_.size(); ++rank) append(lists_[rank], items_, lists[rank]);
  }
  ++items_;
}

void Bundle::number_the_first() {
  for (auto& list : lists_) {
    std::vector<std::int64_t> numbered;
    append(numbered, 0, list);
    list = std::move(numbered);
  }
}

grid::Lists Bundle::take(std::size_t item) {
  if (items_ == 1) return std::move(lists_);
  grid::Lists taken(lists_.size());
  for (std::size_t rank = 0; rank < lists_.size(); ++rank) {
    const auto& list = lists_[rank];
    std::size_t& at = at_[rank];
    if (at == list.size() || static_cast<std::size_t>(list[at]) != item) continue;
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(at) + 2;
    const auto size = static_cast<std::size_t>(list[at + 1]);
    taken[rank].assign(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += 2 + size;
  }
  return taken;
}

}  // namespace tessera::pipeline
