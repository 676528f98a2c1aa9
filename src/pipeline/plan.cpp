#include "pipeline/plan.hpp"

#include <bit>

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

}  // namespace

AllBoxes gather_boxes(const comm::Communicator& comm, const OwnBoxes& own) {
  std::vector<std::int64_t> encoded;
  for (const auto& [field, boxes] : own) {
    for (const Box& box : boxes) encode(encoded, field, box);
  }
  const comm::Gathered gathered = comm::all_gather(comm, encoded);
  AllBoxes all;
  for (int rank = 0; rank < comm.size(); ++rank) {
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

std::uint64_t PlanCache::offers(const OwnBoxes& own) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (plans_[i].own == own) bits |= std::uint64_t{1} << i;
  }
  return bits;
}

const Plan* PlanCache::common(std::uint64_t offered_by_all) const {
  if (offered_by_all == 0) return nullptr;
  return &plans_[static_cast<std::size_t>(std::countr_zero(offered_by_all))];
}

const Plan& PlanCache::add(Plan plan) {
  const std::size_t place = next_;
  next_ = (next_ + 1) % capacity;
  if (place == plans_.size()) {
    plans_.push_back(std::move(plan));
  } else {
    plans_[place] = std::move(plan);
  }
  return plans_[place];
}

}  // namespace tessera::pipeline
