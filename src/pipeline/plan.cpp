#include "pipeline/plan.hpp"

#include <algorithm>

#include "comm/agree.hpp"

namespace tessera::pipeline {

namespace {

/// For each of the questions, whether every rank says yes. Collective.
std::vector<bool> all_say_yes(const comm::Communicator& comm, const std::vector<bool>& own) {
  constexpr std::size_t bits = 64;  // of one meeting
  std::vector<bool> all(own.size());
  for (std::size_t begin = 0; begin < own.size(); begin += bits) {
    const std::size_t end = std::min(begin + bits, own.size());
    std::uint64_t offers = 0;
    for (std::size_t i = begin; i < end; ++i) offers |= std::uint64_t{own[i]} << (i - begin);
    offers = comm::agree(comm, {"planning", {}, offers}).offers;
    for (std::size_t i = begin; i < end; ++i) all[i] = (offers >> (i - begin) & 1) != 0;
  }
  return all;
}

}  // namespace

const std::vector<Box>& boxes_of(const OwnBoxes& own, int field) {
  static const std::vector<Box> none;
  const auto found = own.find(field);
  return found == own.end() ? none : found->second;
}

std::vector<int> fields_put(const comm::Communicator& comm, const OwnBoxes& own, std::size_t count) {
  std::vector<bool> left_out(count);
  for (std::size_t field = 0; field < count; ++field) left_out[field] = !own.contains(static_cast<int>(field));
  left_out = all_say_yes(comm, left_out);
  std::vector<int> fields;
  for (std::size_t field = 0; field < count; ++field) {
    if (!left_out[field]) fields.push_back(static_cast<int>(field));
  }
  return fields;
}

std::vector<bool> have_same_boxes(const comm::Communicator& comm, const OwnBoxes& own, const std::vector<int>& first,
                                  const std::vector<int>& second) {
  std::vector<bool> same(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) same[i] = boxes_of(own, first[i]) == boxes_of(own, second[i]);
  return all_say_yes(comm, same);
}

}  // namespace tessera::pipeline
