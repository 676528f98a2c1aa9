#include "beam.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

namespace elastic {

namespace {

constexpr double close = 1e-6;  // m

/// The rank of each cell.
std::vector<int> ranks_of_cells(const Beam& beam, int ranks) {
  const auto middle = [&](std::size_t cell) {
    double sum = 0;
    for (const std::int64_t node : beam.tets[cell]) sum += beam.coordinates[3 * static_cast<std::size_t>(node)];
    return std::pair(sum, cell);
  };
  std::vector<std::size_t> order(beam.tets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, middle);
  std::vector<int> result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    result[order[i]] = static_cast<int>(i * static_cast<std::size_t>(ranks) / order.size());
  return result;
}

}  // namespace

double Beam::length() const {
  double most = 0;
  for (std::size_t i = 0; i < coordinates.size(); i += 3) most = std::max(most, coordinates[i]);
  return most;
}

std::int64_t Beam::nodes_at_end() const {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < coordinates.size(); i += 3) count += coordinates[i] > length() - close ? 1 : 0;
  return count;
}

Beam read_gmsh(const std::string& path) {
  std::ifstream in(path);
  Beam beam;
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line == "$Nodes") {
      in >> count;
      beam.coordinates.resize(3 * count);
      for (std::size_t i = 0; i < count; ++i) {
        std::size_t number = 0;  // from 1
        in >> number;
        if (number < 1 || number > count) throw std::runtime_error(path + ": nodes are not numbered from 1");
        for (std::size_t k = 0; k < 3; ++k) in >> beam.coordinates[3 * (number - 1) + k];
      }
    } else if (line == "$Elements") {
      in >> count;
      std::getline(in, line);
      for (std::size_t i = 0; i < count && in; ++i) {
        constexpr int tetrahedron = 4;
        int number = 0, type = 0, tags = 0, physical = 0;
        in >> number >> type >> tags >> physical;
        for (int tag = 1; tag < tags; ++tag) in >> number;
        if (type == tetrahedron) {
          auto& tet = beam.tets.emplace_back();
          for (std::int64_t& node : tet) {
            in >> node;
            --node;
          }
          beam.material.push_back(static_cast<std::uint8_t>(physical - 1));
        }
        std::getline(in, line);
      }
    }
  }
  if (beam.tets.empty()) throw std::runtime_error(path + ": no tetrahedra of Gmsh's format 2.2");
  return beam;
}

Part part_of(const Beam& beam, int rank, int ranks) {
  const std::vector<int> owners = ranks_of_cells(beam, ranks);
  std::map<std::int64_t, std::set<int>> users;  // of each node: ranks that have it
  for (std::size_t cell = 0; cell < beam.tets.size(); ++cell) {
    for (const std::int64_t node : beam.tets[cell]) users[node].insert(owners[cell]);
  }
  Part part;
  std::map<int, std::vector<std::int32_t>> shared;
  std::map<std::int64_t, std::int32_t> numbers;
  for (const auto& [node, of] : users) {
    if (!of.contains(rank)) continue;
    const auto number = static_cast<std::int32_t>(part.nodes.size());
    numbers[node] = number;
    part.nodes.push_back(node);
    const auto first = beam.coordinates.begin() + 3 * node;
    part.coordinates.insert(part.coordinates.end(), first, first + 3);
    for (const int other : of) {
      if (other != rank) shared[other].push_back(number);
    }
  }
  for (auto& [other, nodes] : shared) part.shared.push_back({other, std::move(nodes)});
  for (std::size_t cell = 0; cell < beam.tets.size(); ++cell) {
    if (owners[cell] != rank) continue;
    auto& tet = part.tets.emplace_back();
    std::ranges::transform(beam.tets[cell], tet.begin(), [&](std::int64_t node) { return numbers.at(node); });
    part.cells.push_back(static_cast<std::int64_t>(cell));
    part.material.push_back(beam.material[cell]);
  }
  return part;
}

}  // namespace elastic
