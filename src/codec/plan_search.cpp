#include "codec/plan_search.hpp"

#include <algorithm>

namespace tessera::codec {

namespace {

/// Starts from the smallest size of every plane; then gives one plane after the other a faster method, each time the one that
/// saves most time per byte, as long as the size is allowed.
class Search {
 public:
  Search(std::span<const PlaneEstimate> estimates, std::span<const Method> methods, double allowed)
      : estimates_(estimates), methods_(methods), allowed_(allowed) {
    for (std::size_t plane = 0; plane < estimates.size(); ++plane) {
      for (std::size_t i = 0; i < methods.size(); ++i) costs_[plane][i] = cost_of(methods[i], size(plane, i));
    }
  }

  Plan run() noexcept {
    for (std::size_t plane = 0; plane < estimates_.size(); ++plane) {
      const std::span<const float> sizes = std::span(estimates_[plane].sizes).first(methods_.size());
      chosen_[plane] = static_cast<std::size_t>(std::ranges::min_element(sizes) - sizes.begin());
      size_ += size(plane, chosen_[plane]);
    }
    while (save_time()) {
    }
    Plan plan;
    for (std::size_t p = 0; p < estimates_.size(); ++p) plan[p] = methods_[chosen_[p]];
    return plan;
  }

 private:
  double size(std::size_t plane, std::size_t candidate) const noexcept { return estimates_[plane].sizes[candidate]; }

  /// Gives one plane a faster method; false when there is none to be had.
  bool save_time() noexcept {
    double best_rate = 0;
    std::size_t best_plane = 0;
    std::size_t best_candidate = 0;
    for (std::size_t plane = 0; plane < estimates_.size(); ++plane) {
      for (std::size_t candidate = 0; candidate < methods_.size(); ++candidate) {
        const double saved = costs_[plane][chosen_[plane]] - costs_[plane][candidate];
        const double grown = size(plane, candidate) - size(plane, chosen_[plane]);
        if (saved <= 0 || (grown > 0 && size_ + grown > allowed_)) continue;
        constexpr double nothing = 1e-9;
        const double rate = saved / std::max(grown, nothing);
        if (rate <= best_rate) continue;
        best_rate = rate;
        best_plane = plane;
        best_candidate = candidate;
      }
    }
    if (best_rate == 0) return false;
    size_ += size(best_plane, best_candidate) - size(best_plane, chosen_[best_plane]);
    chosen_[best_plane] = best_candidate;
    return true;
  }

  std::span<const PlaneEstimate> estimates_;
  std::span<const Method> methods_;
  double allowed_;
  std::array<std::array<double, max_candidates>, max_planes> costs_{};
  std::array<std::size_t, max_planes> chosen_{};
  double size_ = 0;
};

}  // namespace

Plan find_plan(std::span<const PlaneEstimate> estimates, std::span<const Method> methods, double allowed) noexcept {
  return Search(estimates, methods, allowed).run();
}

}  // namespace tessera::codec
