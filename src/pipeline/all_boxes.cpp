#include "pipeline/all_boxes.hpp"

#include <cstdint>
#include <optional>

#include "pipeline/planning_messages.hpp"

namespace tessera::pipeline {

namespace {

/// A box as integers: field, number of axes, lower and upper bounds.
void encode(std::vector<std::int64_t>& out, int field, const Box& box) {
  out.push_back(field);
  out.push_back(static_cast<std::int64_t>(box.rank()));
  out.insert(out.end(), box.lower.begin(), box.lower.end());
  out.insert(out.end(), box.upper.begin(), box.upper.end());
}

const std::int64_t* decode(const std::int64_t* in, int& field, Box& box) {
  field = static_cast<int>(*in++);
  const std::int64_t axes = *in++;
  box = {};
  for (std::int64_t axis = 0; axis < axes; ++axis) box.lower.push_back(*in++);
  for (std::int64_t axis = 0; axis < axes; ++axis) box.upper.push_back(*in++);
  return in;
}

AllBoxes sorted(const comm::Gathered& gathered, int ranks) {
  AllBoxes all;
  for (int rank = 0; rank < ranks; ++rank) {
    const std::int64_t* in = gathered.values.data() + gathered.begin[static_cast<std::size_t>(rank)];
    const std::int64_t* end = gathered.values.data() + gathered.begin[static_cast<std::size_t>(rank) + 1];
    std::map<int, int> numbers;
    while (in != end) {
      int field = 0;
      grid::OwnedBox owned;
      in = decode(in, field, owned.box);
      owned.rank = rank;
      owned.number = numbers[field]++;
      all[field].push_back(owned);
    }
  }
  return all;
}

}  // namespace

AllBoxes gather_boxes(const comm::Communicator& comm, const OwnBoxes& own) {
  std::optional<Error> failure;
  std::vector<std::int64_t> encoded;
  attempt(failure, [&] {
    for (const auto& [field, boxes] : own) {
      for (const Box& box : boxes) encode(encoded, field, box);
    }
  });
  const comm::Gathered gathered = comm::all_gather(comm, std::move(encoded), std::move(failure));
  return made_by_all(comm, [&] { return sorted(gathered, comm.size()); });
}

}  // namespace tessera::pipeline
