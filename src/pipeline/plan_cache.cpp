#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "pipeline/plan_cache.hpp"

namespace tessera::pipeline {

namespace {

/// Tells different boxes apart quickly; equal digests are followed by a comparison. A word at a time: boxes are many.
class Digest {
 public:
  void add(std::int64_t word) {
    hash_ = (hash_ ^ static_cast<std::uint64_t>(word)) * 0x9e3779b97f4a7c15u;
    hash_ ^= hash_ >> 29;
  }
  void add(const Index& index) {
    for (const std::int64_t value : index) add(value);
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

std::uint64_t digest_of(const OwnBoxes& own) {
  Digest digest;
  for (const auto& [field, boxes] : own) {
    digest.add(field);
    digest.add(static_cast<std::int64_t>(boxes.size()));
    for (const Box& box : boxes) {
      digest.add(box.lower);
      digest.add(box.upper);
    }
  }
  return digest.value();
}

std::size_t memory_of(const Plan& plan) {
  std::size_t bytes = sizeof plan;
  for (const auto& entry : plan.own) bytes += entry.second.capacity() * sizeof(Box);
  std::set<const ChunkPlan*> counted;
  for (const auto& [field, chunks] : plan.chunks) {
    if (chunks && counted.insert(chunks.get()).second) bytes += memory_of(*chunks);
  }
  return bytes;
}

}  // namespace

std::uint64_t PlanCache::matches(const OwnBoxes& own) const {
  if (places_.empty()) return 0;
  const std::uint64_t digest = digest_of(own);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (place.plan && place.plan->digest == digest && place.plan->own == own) bits |= std::uint64_t{1} << i;
  }
  return bits;
}

const Plan* PlanCache::common(std::uint64_t matched_by_all) {
  if (matched_by_all == 0) return nullptr;
  Place& place = places_[static_cast<std::size_t>(std::countr_zero(matched_by_all))];
  place.used = ++commits_;
  return place.plan.get();
}

void PlanCache::prepare(Plan& plan) {
  places_.reserve(capacity);
  plan.digest = digest_of(plan.own);
  plan.bytes = memory_of(plan);
}

const Plan& PlanCache::add(std::unique_ptr<Plan> plan, std::size_t max_bytes) noexcept {
  const bool is_full = places_.size() == capacity;
  Place& newest = is_full ? *std::ranges::min_element(places_, {}, &Place::used) : places_.emplace_back();
  newest = {std::move(plan), ++commits_};
  while (memory() - newest.bytes() > max_bytes) {
    Place* oldest = nullptr;
    for (Place& place : places_) {
      if (place.plan && &place != &newest && (oldest == nullptr || place.used < oldest->used)) oldest = &place;
    }
    oldest->plan.reset();
  }
  return *newest.plan;
}

void PlanCache::forget() {
  for (Place& place : places_) place.plan.reset();
}

std::size_t PlanCache::memory() const {
  std::size_t bytes = 0;
  for (const Place& place : places_) bytes += place.bytes();
  return bytes;
}

}  // namespace tessera::pipeline
