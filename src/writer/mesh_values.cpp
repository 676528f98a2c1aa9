#include "writer/mesh_values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/exchange.hpp"
#include "comm/gather.hpp"

namespace tessera::detail {

namespace {

constexpr std::size_t all_types = 256;

/// Which types occur, and the most nodes of a cell.
void gather_kinds(const comm::Communicator& comm, const OwnPart& part, schema::MeshDescription& mesh) {
  std::vector<std::int64_t> occur;
  std::optional<Error> failure;
  attempt(failure, [&] {
    occur.assign(all_types + 1, 0);
    for (std::int64_t cell = 0; cell < part.cells(); ++cell) occur[static_cast<std::size_t>(part.type(cell))] = 1;
    occur[all_types] = part.most_nodes();
    mesh.kinds.reserve(all_types);
  });
  occur = comm::max_over_ranks(comm, std::move(occur), std::move(failure));
  mesh.most_nodes = occur[all_types];
  for (std::size_t type = 0; type < all_types; ++type) {
    if (occur[type] != 0) mesh.kinds.push_back(schema::kind_of(static_cast<CellType>(type)));
  }
}

/// From this rank's order into its part of the file. `width` values each.
template <class T>
std::vector<T> in_file_order(const comm::Communicator& comm, const Numbering& numbering, std::vector<T> own,
                             std::size_t width) {
  if (!numbering.redistribution) return own;
  std::vector<T> part;
  std::shared_ptr<comm::Redistribution::Memory> memory;
  std::optional<Error> failure;
  attempt(failure, [&] {
    part.resize(static_cast<std::size_t>(numbering.end(comm.rank()) - numbering.begin(comm.rank())) * width);
    memory = numbering.redistribution->reserve(comm, width * sizeof(T));
  });
  comm::conclude(comm, "memory for a mesh", failure);
  numbering.redistribution->forward(comm, reinterpret_cast<const std::byte*>(own.data()),
                                    reinterpret_cast<std::byte*>(part.data()), width * sizeof(T), memory);
  return part;
}

/// Numbers that are told apart by their order too.
std::uint64_t mixed(std::uint64_t hash, std::int64_t number) {
  hash = std::rotl(hash ^ static_cast<std::uint64_t>(number), 29);
  return hash * 0x9e3779b97f4a7c15u;  // 2^64 / golden ratio: Knuth, TAOCP 3, 6.4
}

/// Of the cells of this rank's part of the file; those of all ranks are added up, so the number of ranks is not in it.
std::uint64_t digest_of(const MeshValues& values, std::size_t width) {
  std::uint64_t sum = 0;
  for (std::size_t cell = 0; cell < values.types.size(); ++cell) {
    std::uint64_t hash = mixed(1, values.cells.lower[0] + static_cast<std::int64_t>(cell));
    hash = mixed(hash, values.types[cell]);
    for (std::size_t i = 0; i < width; ++i) hash = mixed(hash, values.table[cell * width + i]);
    sum += hash ^ (hash >> 32);
  }
  return sum;
}

/// Of this rank's part of the file, for schema::PlaceSums, without its last two.
std::vector<std::int64_t> sums_of(const MeshValues& values, double size) {
  constexpr int fraction_bits = 36;
  std::vector<std::uint64_t> sums(values.coordinates.size() * schema::place_groups, 0);
  for (std::size_t axis = 0; axis < values.coordinates.size(); ++axis) {
    for (std::size_t i = 0; i < values.coordinates[axis].size(); ++i) {
      const auto node = static_cast<std::uint64_t>(values.nodes.lower[0]) + i;
      const double place = std::ldexp(values.coordinates[axis][i] / size, fraction_bits);
      const std::uint64_t weight = 1 + (mixed(1, static_cast<std::int64_t>(node)) >> 60);
      sums[axis * schema::place_groups + node % schema::place_groups] +=
          weight * static_cast<std::uint64_t>(std::llround(place));
    }
  }
  return {sums.begin(), sums.end()};
}

/// Collective.
void add_place_sums(const comm::Communicator& comm, const MeshValues& values, schema::MeshDescription& mesh) {
  std::optional<Error> failure;
  std::vector<std::int64_t> largest;
  attempt(failure, [&] {
    double size = 0;
    for (const auto& list : values.coordinates) {
      for (const double place : list) size = std::max(size, std::abs(place));
    }
    int exponent = 0;
    std::frexp(1.5 * size, &exponent);  // 1.5: a size of 1 may be a little less elsewhere
    largest.assign(1, size > 0 ? exponent : std::numeric_limits<int>::min());
  });
  largest = comm::max_over_ranks(comm, std::move(largest), std::move(failure));
  failure = std::nullopt;
  const auto exponent = static_cast<int>(std::max<std::int64_t>(largest[0], -1000));
  const std::size_t count = values.coordinates.size() * schema::place_groups;
  std::vector<std::int64_t> own;
  attempt(failure, [&] { own = sums_of(values, std::ldexp(1.0, exponent)); });
  const auto all = comm::all_gather_equal(comm, std::move(own), count, std::move(failure));
  failure = std::nullopt;
  attempt(failure, [&] {
    std::vector<std::uint64_t> sums(count, 0);
    for (std::size_t i = 0; i < all.size(); ++i) sums[i % count] += static_cast<std::uint64_t>(all[i]);
    mesh.place_sums.assign(sums.begin(), sums.end());
    mesh.place_sums.insert(mesh.place_sums.end(), {mesh.nodes, exponent});
  });
  comm::conclude(comm, "memory for a mesh", failure);
}

/// The nodes of the cells one after the other, and where those of each begin.
void make_list(const comm::Communicator& comm, std::size_t width, MeshValues& values, schema::MeshDescription& mesh) {
  std::optional<Error> failure;
  std::vector<std::int64_t> own;
  attempt(failure, [&] {
    std::ranges::copy_if(values.table, std::back_inserter(values.connectivity), [](auto node) { return node >= 0; });
    own = {static_cast<std::int64_t>(values.connectivity.size()),
           std::bit_cast<std::int64_t>(digest_of(values, width))};
  });
  const auto all = comm::all_gather_equal(comm, std::move(own), 2, std::move(failure));
  std::int64_t begin = 0;
  std::int64_t total = 0;
  for (std::size_t rank = 0; rank < comm.ranks(); ++rank) {
    if (rank < static_cast<std::size_t>(comm.rank())) begin += all[2 * rank];
    total += all[2 * rank];
    mesh.digest += std::bit_cast<std::uint64_t>(all[2 * rank + 1]);
  }
  mesh.connectivity = total;
  values.list = Box{{begin}, {begin + static_cast<std::int64_t>(values.connectivity.size())}};
  failure = std::nullopt;
  attempt(failure, [&] {
    std::int64_t next = begin;
    for (std::size_t cell = 0; cell < values.types.size(); ++cell) {
      values.begins.push_back(next);
      const auto row = std::span(values.table).subspan(cell * width, width);
      next += std::ranges::count_if(row, [](auto node) { return node >= 0; });
    }
    const bool has_last = !values.cells.empty() && values.cells.upper[0] == mesh.cells;
    if (has_last) values.begins.push_back(next);
    values.offsets = values.cells;
    if (has_last) values.offsets.upper[0] += 1;
  });
  comm::conclude(comm, "memory for a mesh", failure);
}

/// The part's own values, before any travel.
MeshValues own_values(const OwnPart& part, const Numbering& nodes, int dimensions, std::size_t width) {
  MeshValues values;
  const auto count = static_cast<std::size_t>(part.nodes());
  const auto stride = static_cast<std::size_t>(dimensions);
  for (std::size_t k = 0; k < stride; ++k) {
    auto& list = values.coordinates.emplace_back(count);
    for (std::size_t i = 0; i < count; ++i) list[i] = part.given().coordinates[i * stride + k];
  }
  values.table.assign(static_cast<std::size_t>(part.cells()) * width, -1);
  for (std::int64_t cell = 0; cell < part.cells(); ++cell) {
    values.types.push_back(static_cast<std::uint8_t>(part.type(cell)));
    for (std::int64_t i = 0; i < part.nodes_of(cell); ++i) {
      values.table[static_cast<std::size_t>(cell) * width + static_cast<std::size_t>(i)] =
          nodes.positions[static_cast<std::size_t>(part.node(cell, i))];
    }
  }
  return values;
}

}  // namespace

MeshValues values_of(const comm::Communicator& comm, const OwnPart& part, const Numbering& nodes,
                     const Numbering& cells, schema::MeshDescription& mesh) {
  gather_kinds(comm, part, mesh);
  const auto width = static_cast<std::size_t>(mesh.most_nodes);
  MeshValues values;
  std::optional<Error> failure;
  attempt(failure, [&] { values = own_values(part, nodes, mesh.options.dimensions, width); });
  comm::conclude(comm, "memory for a mesh", failure);
  const int rank = comm.rank();
  values.nodes = Box{{nodes.begin(rank)}, {nodes.end(rank)}};
  values.cells = Box{{cells.begin(rank)}, {cells.end(rank)}};
  for (auto& list : values.coordinates) list = in_file_order(comm, nodes, std::move(list), 1);
  values.table = in_file_order(comm, cells, std::move(values.table), width);
  values.types = in_file_order(comm, cells, std::move(values.types), 1);
  make_list(comm, width, values, mesh);
  add_place_sums(comm, values, mesh);
  return values;
}

}  // namespace tessera::detail
