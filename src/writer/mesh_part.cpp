#include "writer/mesh_part.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/error.hpp>

namespace tessera::detail {

namespace {

std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace

OwnPart::OwnPart(const std::string& mesh, const MeshPart& part, const MeshOptions& options)
    : mesh_(mesh), part_(part), options_(options) {
  take_coordinates();
  take_types();
  take_offsets();
  check_cells();
  check_ids();
}

void OwnPart::refuse(ErrorCode code, const std::string& why) const { throw Error(code, mesh_ + ": " + why); }

void OwnPart::take_coordinates() {
  if (options_.dimensions != 2 && options_.dimensions != 3) {
    refuse(ErrorCode::invalid_argument,
           "MeshOptions::dimensions is " + number(options_.dimensions) + "; nodes have 2 or 3 coordinates");
  }
  const auto count = static_cast<std::int64_t>(part_.coordinates.size());
  if (count % options_.dimensions != 0) {
    refuse(ErrorCode::shape_mismatch, "there are " + number(count) + " coordinates, which is not " +
                                          number(options_.dimensions) + " for each node (MeshOptions::dimensions)");
  }
  nodes_ = count / options_.dimensions;
  const auto wrong = std::ranges::find_if_not(part_.coordinates, [](double value) { return std::isfinite(value); });
  if (wrong == part_.coordinates.end()) return;
  refuse(ErrorCode::invalid_argument, "node " + number((wrong - part_.coordinates.begin()) / options_.dimensions) +
                                          " of this rank has a coordinate that is not finite");
}

void OwnPart::take_types() const {
  for (std::size_t cell = 0; cell < part_.types.size(); ++cell) {
    if (schema::kind_of(part_.types[cell]) != nullptr) continue;
    refuse(ErrorCode::invalid_argument, "cell " + number(static_cast<std::int64_t>(cell)) + " of this rank has type " +
                                            number(static_cast<int>(part_.types[cell])) +
                                            ", which is none of CellType; give one of VTK's numbers there");
  }
}

std::int64_t OwnPart::cells_without_offsets() const {
  const auto count = static_cast<std::int64_t>(part_.types.size());
  const auto all = static_cast<std::int64_t>(part_.connectivity.size());
  if (count != 1) return count;
  const int nodes = schema::kind_of(part_.types.front())->nodes;
  if (nodes == 0 || all % nodes == 0) return nodes == 0 ? 1 : all / nodes;
  refuse(ErrorCode::shape_mismatch, "the connectivity has " + number(all) + " numbers, which is not " + number(nodes) +
                                        " for each " + schema::kind_of(part_.types.front())->name);
}

void OwnPart::take_offsets() {
  const auto all = static_cast<std::int64_t>(part_.connectivity.size());
  if (part_.types.empty() && (all > 0 || part_.offsets.size() > 1))
    refuse(ErrorCode::invalid_argument, "there are cells, but no types; give MeshPart::types");
  if (!part_.offsets.empty()) {
    offsets_.resize(part_.offsets.size());
    for (std::size_t i = 0; i < offsets_.size(); ++i) offsets_[i] = part_.offsets[i];
    if (offsets_.front() != 0 || offsets_.back() != all || !std::ranges::is_sorted(offsets_)) {
      refuse(ErrorCode::shape_mismatch, "the offsets do not ascend from 0 to " + number(all) +
                                            ", the length of the connectivity; give cells + 1 of them");
    }
  } else {
    const std::int64_t cells = cells_without_offsets();
    offsets_.assign(1, 0);
    offsets_.reserve(static_cast<std::size_t>(cells) + 1);
    for (std::int64_t cell = 0; cell < cells; ++cell) {
      const schema::CellKind& kind = *schema::kind_of(type(cell));
      if (kind.nodes == 0)
        refuse(ErrorCode::invalid_argument, std::string("there are cells of type ") + kind.name +
                                                ", whose nodes are as many as MeshPart::offsets says; give these");
      offsets_.push_back(offsets_.back() + kind.nodes);
    }
    if (offsets_.back() != all) {
      refuse(ErrorCode::shape_mismatch, "the types of the cells ask for " + number(offsets_.back()) +
                                            " numbers of nodes, and the connectivity has " + number(all));
    }
  }
  if (part_.types.size() > 1 && static_cast<std::int64_t>(part_.types.size()) != cells()) {
    refuse(ErrorCode::shape_mismatch, "there are " + number(cells()) + " cells by the offsets, and " +
                                          number(static_cast<std::int64_t>(part_.types.size())) +
                                          " types; give one for each, or one for all");
  }
  for (std::int64_t cell = 0; cell < cells(); ++cell) most_nodes_ = std::max(most_nodes_, nodes_of(cell));
}

void OwnPart::check_cells() const {
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    const schema::CellKind& kind = *schema::kind_of(type(cell));
    const std::int64_t nodes = nodes_of(cell);
    if (nodes == 0 || (kind.nodes != 0 && kind.nodes != nodes)) {
      refuse(ErrorCode::shape_mismatch, "cell " + number(cell) + " of this rank, a " + kind.name + ", has " +
                                            number(nodes) + " nodes" +
                                            (kind.nodes != 0 ? ", not " + number(kind.nodes) : std::string()));
    }
    for (std::int64_t i = 0; i < nodes; ++i) {
      if (node(cell, i) >= 0 && node(cell, i) < nodes_) continue;
      refuse(ErrorCode::out_of_bounds, "cell " + number(cell) + " of this rank names node " + number(node(cell, i)) +
                                           ", and the rank has nodes 0 to " + number(nodes_ - 1) +
                                           "; MeshPart::connectivity counts the rank's own nodes from 0");
    }
  }
}

void OwnPart::check_ids() const {
  constexpr std::int64_t max_id = std::int64_t{1} << 62;  // above that, numbers that stand for none
  const auto check = [&](const char* what, const Integers& ids, std::int64_t count) {
    if (!ids.empty() && static_cast<std::int64_t>(ids.size()) != count) {
      refuse(ErrorCode::shape_mismatch, "this rank has " + number(count) + " " + what + "s, and " +
                                            number(static_cast<std::int64_t>(ids.size())) + " " + what +
                                            "_ids; give one for each");
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] < 0 || ids[i] >= max_id) {
        refuse(ErrorCode::invalid_argument, std::string(what) + " " + number(static_cast<std::int64_t>(i)) +
                                                " of this rank has the id " + number(ids[i]) + "; ids count from 0");
      }
    }
  };
  check("node", part_.node_ids, nodes_);
  check("cell", part_.cell_ids, cells());
}

}  // namespace tessera::detail
