#include "grid/nesting.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace tessera::grid {

namespace {

/// Where a cell is among bins, slowest axis first.
using Bin = std::vector<std::int64_t>;

/// The covering boxes by bins that are as large as the largest of them, so that each is in few.
class Bins {
 public:
  explicit Bins(std::span<const Box> boxes) : boxes_(boxes) {
    for (const Box& box : boxes) {
      if (size_.empty()) size_ = Index::filled(box.rank(), 1);
      for (std::size_t axis = 0; axis < box.rank(); ++axis)
        size_[axis] = std::max(size_[axis], box.upper[axis] - box.lower[axis]);
    }
    for (std::size_t number = 0; number < boxes.size(); ++number)
      each_bin(boxes[number], [&](const Bin& bin) { bins_[bin].push_back(number); });
  }

  /// Cells of a box that are covered.
  std::int64_t covered(const Box& box) const {
    std::int64_t cells = 0;
    if (size_.empty()) return cells;
    each_bin(box, [&](const Bin& bin) {
      const auto found = bins_.find(bin);
      if (found == bins_.end()) return;
      for (const std::size_t number : found->second) {
        const Box common = intersection(box, boxes_[number]);
        // A pair that meets in several bins counts in the one where what it shares begins.
        if (!common.empty() && bin_of(common.lower) == bin) cells += common.volume();
      }
    });
    return cells;
  }

 private:
  Bin bin_of(const Index& cell) const {
    Bin bin;
    for (std::size_t axis = 0; axis < cell.size(); ++axis) bin.push_back(cell[axis] / size_[axis]);
    return bin;
  }

  template <class Visit>
  void each_bin(const Box& box, const Visit& visit) const {
    if (box.empty()) return;
    const Bin first = bin_of(box.lower);
    Bin bin = first;
    Index last = box.upper;
    for (std::int64_t& cell : last) --cell;
    const Bin end = bin_of(last);
    for (;;) {
      visit(bin);
      std::size_t axis = bin.size();
      while (axis > 0 && bin[axis - 1] == end[axis - 1]) {
        bin[axis - 1] = first[axis - 1];
        --axis;
      }
      if (axis == 0) return;
      ++bin[axis - 1];
    }
  }

  std::span<const Box> boxes_;
  Index size_;
  std::map<Bin, std::vector<std::size_t>> bins_;
};

}  // namespace

std::optional<std::size_t> find_uncovered(std::span<const Box> boxes, std::span<const Box> cover) {
  if (boxes.empty()) return {};
  const Bins bins(cover);
  for (std::size_t number = 0; number < boxes.size(); ++number) {
    if (bins.covered(boxes[number]) != boxes[number].volume()) return number;
  }
  return {};
}

}  // namespace tessera::grid
