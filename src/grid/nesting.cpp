#include "grid/nesting.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "grid/bisection.hpp"

namespace tessera::grid {

namespace {

/// Up to this many boxes of the cover are compared with each box.
constexpr std::size_t few = 12;

class Search {
 public:
  void look(std::vector<BoxPart> boxes, std::vector<BoxPart> cover) {
    // Those behind one that was found need no look.
    std::erase_if(boxes, [&](const BoxPart& part) { return first_ && part.number >= *first_; });
    if (boxes.empty()) return;
    const Box region = bounding_box(boxes);
    std::erase_if(cover, [&](const BoxPart& part) { return intersection(region, part.box).empty(); });
    for (BoxPart& part : cover) part.box = intersection(region, part.box);
    if (cells_of(cover) >= region.volume()) return;  // it fills the region
    const auto cut = cover.size() > few ? best_cut(region, cover) : std::nullopt;
    if (!cut) return compare(boxes, cover);
    auto [lower_boxes, upper_boxes] = divided(std::move(boxes), *cut);
    auto [lower_cover, upper_cover] = divided(std::move(cover), *cut);
    look(std::move(lower_boxes), std::move(lower_cover));
    look(std::move(upper_boxes), std::move(upper_cover));
  }
  std::optional<std::size_t> first() const noexcept { return first_; }

 private:
  void compare(const std::vector<BoxPart>& boxes, const std::vector<BoxPart>& cover) {
    for (const auto& [box, number] : boxes) {
      std::int64_t cells = 0;
      for (const BoxPart& part : cover) cells += intersection(box, part.box).volume();
      if (cells < box.volume()) first_ = std::min(number, first_.value_or(number));
    }
  }

  std::optional<std::size_t> first_;
};

}  // namespace

std::optional<std::size_t> find_uncovered(std::span<const Box> boxes, std::span<const Box> cover) {
  Search search;
  search.look(parts_of(boxes), parts_of(cover));
  return search.first();
}

}  // namespace tessera::grid
