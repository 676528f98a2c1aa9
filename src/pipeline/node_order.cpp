#include "pipeline/node_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "pipeline/space_ahead.hpp"

namespace tessera::pipeline {

NodeOrder::NodeOrder(std::vector<std::uint32_t> first_of_node)
    : first_of_node_(std::move(first_of_node)), order_(first_of_node_.size()) {
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::stable_sort(order_, {}, [this](std::uint32_t rank) { return first_of_node_[rank]; });
}

std::uint64_t NodeOrder::lay_out(std::uint64_t end, std::uint64_t block, std::span<hdf5::Extent> parts) const noexcept {
  const auto rank_at = [this](std::size_t place) { return order_.empty() ? place : order_[place]; };
  const auto node_at = [&](std::size_t place) { return order_.empty() ? 0 : first_of_node_[rank_at(place)]; };
  std::uint64_t total = 0;
  for (const hdf5::Extent& part : parts) total += part.size();
  std::uint64_t next = begin_in_blocks(end, total, block);
  std::uint64_t of_node = 0;
  for (std::size_t place = 0; place < parts.size(); ++place) {
    hdf5::Extent& part = parts[rank_at(place)];
    of_node += part.size();
    part = {next, next + part.size()};
    if (place == 0) part.begin = end;
    if (place + 1 == parts.size() || node_at(place + 1) != node_at(place)) {
      part.end = begin_in_blocks(part.end, std::exchange(of_node, 0), block);
    }
    next = part.end;
  }
  return next;
}

}  // namespace tessera::pipeline
