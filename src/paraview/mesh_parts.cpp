#include "paraview/mesh_parts.hpp"

#include <algorithm>
#include <limits>

#include "paraview/scene.hpp"

namespace tessera::paraview {

namespace {

/// Numbers of nodes, up to `end`.
struct NodeRange {
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t end = 0;

  void add(const NodeRange& other) noexcept {
    begin = std::min(begin, other.begin);
    end = std::max(end, other.end);
  }
  std::int64_t count() const noexcept { return std::max<std::int64_t>(0, end - begin); }
};

NodeRange range_of(std::span<const std::int64_t> nodes) {
  NodeRange range;
  for (const std::int64_t node : nodes) range.add({node, node + 1});
  return range;
}

/// For places between ranges, the first one before all and the last one behind: what lies on both sides.
class Sides {
 public:
  explicit Sides(std::span<const NodeRange> ranges, const NodeRange& before = {}, const NodeRange& behind = {})
      : before_{before}, behind_(ranges.size() + 1, behind) {
    for (const NodeRange& range : ranges) {
      before_.push_back(before_.back());
      before_.back().add(range);
    }
    for (std::size_t i = ranges.size(); i > 0; --i) {
      behind_[i - 1] = behind_[i];
      behind_[i - 1].add(ranges[i - 1]);
    }
  }

  const NodeRange& before(std::int64_t place) const { return before_[static_cast<std::size_t>(place)]; }
  const NodeRange& behind(std::int64_t place) const { return behind_[static_cast<std::size_t>(place)]; }

  /// The place between the two with the fewest shared nodes; of several the one that is next to `middle`.
  std::int64_t best(std::int64_t first, std::int64_t last, std::int64_t middle) const {
    std::int64_t best = middle;
    for (std::int64_t distance = 1; distance <= std::max(middle - first, last - middle); ++distance) {
      for (const std::int64_t place : {middle - distance, middle + distance}) {
        if (place >= first && place <= last && shared(place) < shared(best)) best = place;
      }
    }
    return best;
  }

 private:
  /// How many numbers of nodes both sides of a place take in.
  std::int64_t shared(std::int64_t place) const {
    const NodeRange& a = before(place);
    const NodeRange& b = behind(place);
    return std::max<std::int64_t>(0, std::min(a.end, b.end) - std::max(a.begin, b.begin));
  }

  std::vector<NodeRange> before_;
  std::vector<NodeRange> behind_;
};

/// A place between two cells, with the nodes of some before it and of some behind: all from the begin of the block
/// before `block`, and to the end of this one.
struct Cut {
  std::int64_t cell = 0;
  std::int64_t block = 0;
  NodeRange head;
  NodeRange tail;
};

class Cutter {
 public:
  Cutter(const SceneMesh& mesh, const ReadRows& read, std::int64_t most_blocks)
      : mesh_(mesh), read_(read), size_((mesh.cells + most_blocks - 1) / most_blocks), blocks_(read_blocks()) {}

  /// \param parts at least 2
  std::vector<ScenePart> into(std::int64_t parts) const {
    std::vector<Cut> cuts{{0, 0, {}, {}}};
    const std::int64_t blocks = std::ssize(blocks_);
    for (std::int64_t i = 1; i < parts; ++i) {
      const std::int64_t least = cuts.back().block + (size_ > 1 ? 2 : 1);  // blocks are looked at on both sides
      const std::int64_t middle = std::max<std::int64_t>(1, i * blocks / parts);
      if (middle >= least) cuts.push_back(cut_near(middle, least, blocks / parts));
    }
    cuts.push_back({mesh_.cells, blocks, blocks_.back(), {}});
    std::vector<ScenePart> result;
    for (std::size_t i = 1; i < cuts.size(); ++i) {
      const NodeRange nodes = nodes_between(cuts[i - 1], cuts[i]);
      const std::int64_t first = cuts[i - 1].cell;
      result.push_back({first, cuts[i].cell - first, 0, 0, nodes.begin, nodes.count()});
    }
    return result;
  }

 private:
  std::vector<NodeRange> read_blocks() const {
    std::vector<NodeRange> blocks;
    const std::int64_t step = std::max<std::int64_t>(1, cells_at_once / size_) * size_;
    for (std::int64_t begin = 0; begin < mesh_.cells; begin += step) {
      const MeshCells cells = read_cells(mesh_, read_, begin, std::min(step, mesh_.cells - begin));
      for (std::int64_t cell = 0; cell < cells.count(); ++cell) {
        if (cell % size_ == 0) blocks.emplace_back();
        blocks.back().add(range_of(cells.nodes_of(cell)));
      }
    }
    return blocks;
  }

  /// Where the parts on both sides share the fewest nodes, as far as these are known. \param length of a part
  Cut cut_near(std::int64_t middle, std::int64_t least, std::int64_t length) const {
    const std::int64_t radius = length / 4;  // so that parts are half as long at least
    const std::int64_t begin = least - (size_ > 1 ? 2 : 1);
    const std::int64_t end = std::min<std::int64_t>(std::ssize(blocks_), middle + std::max(length, radius + 1));
    const std::span<const NodeRange> all = blocks_;
    const Sides sides(all.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
    const std::int64_t place =
        sides.best(std::max(least, middle - radius) - begin, middle + radius - begin, middle - begin);
    if (size_ > 1) return refined(begin + place, sides.before(place - 1), sides.behind(place + 1));
    const auto number = static_cast<std::size_t>(begin + place);
    return {begin + place, begin + place, blocks_[number - 1], blocks_[number]};
  }

  /// The best place among the cells of the blocks on both sides. \param before, behind these blocks
  Cut refined(std::int64_t block, const NodeRange& before, const NodeRange& behind) const {
    const std::int64_t begin = (block - 1) * size_;
    const MeshCells cells = read_cells(mesh_, read_, begin, std::min(2 * size_, mesh_.cells - begin));
    std::vector<NodeRange> ranges;
    for (std::int64_t cell = 0; cell < cells.count(); ++cell) ranges.push_back(range_of(cells.nodes_of(cell)));
    const Sides sides(ranges, before, behind);
    const std::int64_t place = sides.best(1, cells.count() - 1, std::min(size_, cells.count() - 1));
    Cut cut{begin + place, block, {}, {}};
    for (std::int64_t cell = 0; cell < cells.count(); ++cell)
      (cell < place ? cut.head : cut.tail).add(ranges[static_cast<std::size_t>(cell)]);
    return cut;
  }

  NodeRange nodes_between(const Cut& first, const Cut& second) const {
    NodeRange nodes = first.tail;
    nodes.add(second.head);
    const std::int64_t begin = first.block + (first.block > 0 ? 1 : 0);
    for (std::int64_t block = begin; block < second.block - 1; ++block)
      nodes.add(blocks_[static_cast<std::size_t>(block)]);
    return nodes.count() > 0 ? nodes : NodeRange{0, 1};  // of cells without nodes
  }

  const SceneMesh& mesh_;
  const ReadRows& read_;
  std::int64_t size_;  ///< of a block, in cells
  std::vector<NodeRange> blocks_;
};

/// Nodes that no part has come to the next one, so that none is missing.
void add_other_nodes(std::vector<ScenePart>& parts, std::int64_t nodes) {
  std::vector<ScenePart*> by_nodes;
  for (ScenePart& part : parts) by_nodes.push_back(&part);
  std::ranges::sort(by_nodes, {}, &ScenePart::first_node);
  std::int64_t end = 0;
  ScenePart* last = by_nodes.front();
  for (ScenePart* part : by_nodes) {
    const std::int64_t gap = std::max<std::int64_t>(0, part->first_node - end);
    part->first_node -= gap;
    part->nodes += gap;
    if (part->first_node + part->nodes >= end) last = part;
    end = std::max(end, part->first_node + part->nodes);
  }
  last->nodes += nodes - end;
}

std::int64_t nodes_of(const std::vector<ScenePart>& parts) {
  std::int64_t nodes = 0;
  for (const ScenePart& part : parts) nodes += part.nodes;
  return nodes;
}

void set_connectivity(std::vector<ScenePart>& parts, const SceneMesh& mesh, const ReadRows& read) {
  for (ScenePart& part : parts) {
    part.first_connectivity = read_offsets(mesh, read, part.first_cell, 0).front();
    const std::int64_t end = read_offsets(mesh, read, part.first_cell + part.cells, 0).front();
    part.connectivity = end - part.first_connectivity;
  }
}

}  // namespace

std::vector<ScenePart> parts_of(const SceneMesh& mesh, std::int64_t most, const ReadRows& read,
                                std::int64_t most_blocks) {
  most = std::min(most, mesh.cells);
  if (most < 2 || mesh.nodes == 0) return {whole(mesh)};
  const Cutter cutter(mesh, read, most_blocks);
  for (std::int64_t number = most; number > 1; number -= std::max<std::int64_t>(1, number / 4)) {
    std::vector<ScenePart> parts = cutter.into(number);
    add_other_nodes(parts, mesh.nodes);
    if (static_cast<double>(nodes_of(parts)) > most_nodes_of_parts * static_cast<double>(mesh.nodes)) continue;
    set_connectivity(parts, mesh, read);
    return parts;
  }
  return {whole(mesh)};
}

void divide(Scene& scene, std::int64_t most, const ReadRows& read) {
  if (!scene.mesh) return;
  scene.read_rows = read;
  if (scene.epochs.empty()) scene.mesh->parts = parts_of(*scene.mesh, most, read);
  for (SceneEpoch& epoch : scene.epochs) epoch.mesh.parts = parts_of(epoch.mesh, most, read);
}

std::vector<std::int64_t> numbers_of_parts(const Scene& scene) {
  std::vector<std::int64_t> numbers;
  const auto add = [&](const SceneMesh& mesh) { numbers.push_back(std::max<std::int64_t>(1, std::ssize(mesh.parts))); };
  if (scene.mesh && scene.epochs.empty()) add(*scene.mesh);
  for (const SceneEpoch& epoch : scene.epochs) add(epoch.mesh);
  return numbers;
}

}  // namespace tessera::paraview
