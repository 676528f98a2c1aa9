#include "codec/plan_search.hpp"

#include <algorithm>

namespace tessera::codec {

namespace {

/// A plan being looked for: which candidate each plane before the tail has, and what all of it costs.
struct Draft {
  std::array<std::size_t, max_planes> chosen{};
  std::size_t tail = 0;
  std::size_t tail_candidate = 0;
  double cost = 0;
  double size = 0;
};

class Search {
 public:
  Search(std::span<const PlaneEstimate> estimates, const Effort& effort, double allowed)
      : estimates_(estimates), effort_(effort), allowed_(allowed) {
    const std::size_t candidates = effort.methods.size() + effort.tail_methods.size();
    for (std::size_t plane = 0; plane < estimates.size(); ++plane) {
      for (std::size_t i = 0; i < candidates; ++i) costs_[plane][i] = cost_of(method(i), estimates[plane].sizes[i]);
    }
  }

  Plan run() noexcept {
    consider(draft(estimates_.size(), 0));
    for (std::size_t tail = 0; tail < estimates_.size(); ++tail) {
      for (std::size_t i = 0; i < effort_.tail_methods.size(); ++i) consider(draft(tail, effort_.methods.size() + i));
    }
    return plan();
  }

 private:
  Method method(std::size_t candidate) const noexcept {
    const std::size_t count = effort_.methods.size();
    return candidate < count ? effort_.methods[candidate] : effort_.tail_methods[candidate - count];
  }
  double cost(std::size_t plane, std::size_t candidate) const noexcept {
    return costs_[plane][candidate];
  }
  /// The best methods before a given tail: first the smallest of every plane, then whatever saves most time per byte, as long
  /// as the size is allowed.
  Draft draft(std::size_t tail, std::size_t tail_candidate) const noexcept {
    Draft d;
    d.tail = tail;
    d.tail_candidate = tail_candidate;
    for (std::size_t plane = d.tail; plane < estimates_.size(); ++plane) {
      d.size += estimates_[plane].sizes[tail_candidate];
      d.cost += cost(plane, tail_candidate);
    }
    for (std::size_t plane = 0; plane < d.tail; ++plane) {
      const auto begin = estimates_[plane].sizes.begin();
      const auto end = begin + static_cast<std::ptrdiff_t>(effort_.methods.size());
      d.chosen[plane] = static_cast<std::size_t>(std::min_element(begin, end) - begin);
      d.size += estimates_[plane].sizes[d.chosen[plane]];
      d.cost += cost(plane, d.chosen[plane]);
    }
    while (save_time(d)) {
    }
    return d;
  }

  /// Gives one plane a faster method; false when there is none to be had.
  bool save_time(Draft& d) const noexcept {
    double best_rate = 0;
    std::size_t best_plane = 0;
    std::size_t best_candidate = 0;
    for (std::size_t plane = 0; plane < d.tail; ++plane) {
      for (std::size_t candidate = 0; candidate < effort_.methods.size(); ++candidate) {
        const double saved = cost(plane, d.chosen[plane]) - cost(plane, candidate);
        const double grown = double{estimates_[plane].sizes[candidate]} - estimates_[plane].sizes[d.chosen[plane]];
        if (saved <= 0 || d.size + grown > allowed_) continue;
        constexpr double nothing = 1e-9;
        const double rate = saved / std::max(grown, nothing);
        if (rate > best_rate) {
          best_rate = rate;
          best_plane = plane;
          best_candidate = candidate;
        }
      }
    }
    if (best_rate == 0) return false;
    d.size += double{estimates_[best_plane].sizes[best_candidate]} - estimates_[best_plane].sizes[d.chosen[best_plane]];
    d.cost += cost(best_plane, best_candidate) - cost(best_plane, d.chosen[best_plane]);
    d.chosen[best_plane] = best_candidate;
    return true;
  }

  void consider(const Draft& d) noexcept {
    const bool allowed = d.size <= allowed_;
    const bool best_allowed = best_.size <= allowed_;
    if (!found_ || (allowed && (!best_allowed || d.cost < best_.cost)) ||
        (!allowed && !best_allowed && d.size < best_.size)) {
      best_ = d;
      found_ = true;
    }
  }

  Plan plan() const noexcept {
    Plan result;
    for (std::size_t plane = 0; plane < best_.tail; ++plane) {
      result.methods[plane] = effort_.methods[best_.chosen[plane]];
    }
    result.tail = best_.tail;
    if (best_.tail < estimates_.size()) result.tail_method = method(best_.tail_candidate);
    return result;
  }

  std::span<const PlaneEstimate> estimates_;
  const Effort& effort_;
  double allowed_;
  std::array<std::array<double, max_candidates>, max_planes> costs_{};
  Draft best_;
  bool found_ = false;
};

}  // namespace

Plan find_plan(std::span<const PlaneEstimate> estimates, const Effort& effort, double allowed) noexcept {
  return Search(estimates, effort, allowed).run();
}

}  // namespace tessera::codec
