#include "shared_chunks.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/saturate.hpp"

namespace tessera::grid {

namespace {

std::int64_t rounded_up_quotient(std::int64_t a, std::int64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

/// The chunks along one axis in classes of neighbours: class k holds the chunks from starts[k] to starts[k + 1].
/// A chunk with a face of a box inside is a class of its own, so that no larger class is cut by a face.
struct AxisClasses {
  std::int64_t chunk = 1;
  std::vector<std::int64_t> starts;

  AxisClasses(std::int64_t extent, std::int64_t chunk_extent, std::span<const OwnedBox> boxes, std::size_t axis)
      : chunk(chunk_extent), starts{0, rounded_up_quotient(extent, chunk_extent)} {
    for (const OwnedBox& owned : boxes) {
      for (const std::int64_t face : {owned.box.lower[axis], owned.box.upper[axis]}) {
        starts.push_back(face / chunk);
        starts.push_back(rounded_up_quotient(face, chunk));
      }
    }
    std::ranges::sort(starts);
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  }

  std::int64_t count() const { return static_cast<std::int64_t>(starts.size()) - 1; }
  std::int64_t chunks_in(std::int64_t number) const {
    return starts[static_cast<std::size_t>(number) + 1] - starts[static_cast<std::size_t>(number)];
  }
  std::int64_t number_of(std::int64_t chunk_index) const {
    return std::ranges::lower_bound(starts, chunk_index) - starts.begin();
  }
};

/// The classes that a box touches on one axis, from `begin` to `end`, and among them those that lie inside the box.
struct ClassRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t inner_begin = 0;
  std::int64_t inner_end = 0;
  bool is_inner(std::int64_t number) const { return number >= inner_begin && number < inner_end; }
};

ClassRange touched(const AxisClasses& classes, std::int64_t lower, std::int64_t upper, std::int64_t extent) {
  const std::int64_t chunk = classes.chunk;
  ClassRange range;
  range.begin = classes.number_of(lower / chunk);
  range.end = classes.number_of(rounded_up_quotient(upper, chunk));
  range.inner_begin = range.begin + (lower % chunk != 0 ? 1 : 0);
  range.inner_end = range.end - (upper % chunk != 0 && upper != extent ? 1 : 0);
  return range;
}

using Touch = std::pair<std::int64_t, int>;  // number of a class of chunks, rank

/// Notes the classes in `ranges` that do not lie inside the box altogether.
class TouchCollector {
 public:
  TouchCollector(const std::vector<AxisClasses>& classes, std::vector<Touch>& touches)
      : classes_(classes), touches_(touches) {}

  void collect(const std::vector<ClassRange>& ranges, int rank) { visit(ranges, rank, 0, 0, true); }

 private:
  void visit(const std::vector<ClassRange>& ranges, int rank, std::size_t axis, std::int64_t outer, bool inner) {
    const ClassRange& range = ranges[axis];
    const bool last = axis + 1 == ranges.size();
    for (std::int64_t number = range.begin; number < range.end; ++number) {
      const bool still_inner = inner && range.is_inner(number);
      const std::int64_t combined = outer * classes_[axis].count() + number;
      if (!last) {
        visit(ranges, rank, axis + 1, combined, still_inner);
      } else if (!still_inner) {
        touches_.emplace_back(combined, rank);
      } else {
        number = range.inner_end - 1;  // the rest of the inside at once
      }
    }
  }

  const std::vector<AxisClasses>& classes_;
  std::vector<Touch>& touches_;
};

std::int64_t chunks_of_class(const std::vector<AxisClasses>& classes, std::int64_t combined) {
  std::int64_t chunks = 1;
  for (std::size_t axis = classes.size(); axis-- > 0;) {
    chunks *= classes[axis].chunks_in(combined % classes[axis].count());
    combined /= classes[axis].count();
  }
  return chunks;
}

std::int64_t chunks_touched_by_several(const std::vector<AxisClasses>& classes, std::vector<Touch>& touches) {
  std::ranges::sort(touches);
  std::int64_t shared = 0;
  for (std::size_t first = 0; first < touches.size();) {
    std::size_t last = first;
    while (last + 1 < touches.size() && touches[last + 1].first == touches[first].first) ++last;
    if (touches[first].second != touches[last].second) shared += chunks_of_class(classes, touches[first].first);
    first = last + 1;
  }
  return shared;
}

/// An upper bound for the touches of one box.
std::int64_t touches_of(const std::vector<ClassRange>& ranges) {
  std::int64_t all = 1;
  std::int64_t inner = 1;
  for (const ClassRange& range : ranges) {
    all = saturating_product(all, range.end - range.begin);
    inner = saturating_product(inner, std::max<std::int64_t>(0, range.inner_end - range.inner_begin));
  }
  return all - inner;
}

}  // namespace

std::int64_t count_shared_chunks(const Index& shape, const Index& chunk, std::span<const OwnedBox> boxes) {
  if (boxes.empty() || shape.empty()) return 0;
  std::vector<AxisClasses> classes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) classes.emplace_back(shape[axis], chunk[axis], boxes, axis);

  std::vector<std::vector<ClassRange>> ranges;
  std::int64_t all_touches = 0;
  for (const OwnedBox& owned : boxes) {
    std::vector<ClassRange>& range = ranges.emplace_back();
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      range.push_back(touched(classes[axis], owned.box.lower[axis], owned.box.upper[axis], shape[axis]));
    }
    all_touches = saturating_sum(all_touches, touches_of(range));
  }

  // Slabs of the first axis bound the memory where irregular boxes touch very many classes.
  constexpr std::int64_t touches_at_once = std::int64_t{1} << 22;
  const std::int64_t slabs = std::min(classes[0].count(), all_touches / touches_at_once + 1);
  std::int64_t shared = 0;
  std::vector<Touch> touches;
  TouchCollector collector(classes, touches);
  for (std::int64_t slab = 0; slab < slabs; ++slab) {
    touches.clear();
    for (std::size_t box = 0; box < boxes.size(); ++box) {
      std::vector<ClassRange> part = ranges[box];
      part[0].begin = std::max(part[0].begin, classes[0].count() * slab / slabs);
      part[0].end = std::min(part[0].end, classes[0].count() * (slab + 1) / slabs);
      if (part[0].begin < part[0].end) collector.collect(part, boxes[box].rank);
    }
    shared += chunks_touched_by_several(classes, touches);
  }
  return shared;
}

}  // namespace tessera::grid
