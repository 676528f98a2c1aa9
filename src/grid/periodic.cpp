#include "grid/periodic.hpp"

#include <algorithm>
#include <utility>

namespace tessera::grid {

namespace {

/// The parts of a range on one axis.
std::vector<WrappedPart> parts_of(std::int64_t lower, std::int64_t upper, std::int64_t length) {
  std::vector<WrappedPart> parts;
  for (std::int64_t begin = lower; begin < upper;) {
    const std::int64_t first = (begin % length + length) % length;
    const std::int64_t count = std::min(upper - begin, length - first);
    parts.push_back({{{first}, {first + count}}, {begin - lower}});
    begin += count;
  }
  return parts;
}

}  // namespace

std::vector<WrappedPart> wrapped_parts(const Box& box, const Index& shape, const Index& periodic) {
  std::vector<WrappedPart> result{{box, Index::filled(box.rank(), 0)}};
  if (box.empty()) return result;
  for (const std::int64_t number : periodic) {
    const auto axis = static_cast<std::size_t>(number);
    std::vector<WrappedPart> cut;
    for (const WrappedPart& one : result) {
      for (const WrappedPart& part : parts_of(box.lower[axis], box.upper[axis], shape[axis])) {
        cut.push_back(one);
        cut.back().cells.lower[axis] = part.cells.lower[0];
        cut.back().cells.upper[axis] = part.cells.upper[0];
        cut.back().shift[axis] = part.shift[0];
      }
    }
    result = std::move(cut);
  }
  return result;
}

}  // namespace tessera::grid
