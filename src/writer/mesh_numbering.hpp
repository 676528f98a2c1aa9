#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tessera/error.hpp>
#include <tessera/mesh.hpp>

#include "comm/communicator.hpp"
#include "comm/redistribution.hpp"

namespace tessera::detail {

/// Where the nodes or the cells of all ranks' parts are in the file: each rank has a contiguous part there, as large as
/// what it stores.
struct Numbering {
  std::vector<std::int64_t> begins;     ///< of each rank's part, then how many there are
  std::vector<std::int64_t> positions;  ///< of this rank's own ones, in their order; shared ones too
  /// From the rank's own order into its part; nullptr where that is the same on every rank.
  std::shared_ptr<const comm::Redistribution> redistribution;

  std::int64_t count() const noexcept { return begins.back(); }
  std::int64_t begin(int rank) const noexcept { return begins[static_cast<std::size_t>(rank)]; }
  std::int64_t end(int rank) const noexcept { return begins[static_cast<std::size_t>(rank) + 1]; }
};

/// What is numbered, for messages and checks.
struct Numbered {
  std::string mesh;                          ///< "mesh 'beam'"
  const char* what = "node";                 ///< or "cell"
  std::int64_t own = 0;                      ///< how many this rank has
  const Integers& ids;                       ///< empty, or as many
  std::span<const double> coordinates = {};  ///< of nodes, which ranks may share when they are the same there
  bool may_be_shared = false;
};

/// Collective. By the ids where ranks give some, or one rank behind the other.
/// \throws Error invalid_argument: ids on some ranks alone, ids that nobody gave or that were given twice, shared nodes
///         that are elsewhere on another rank
Numbering numbering_of(const comm::Communicator& comm, const Numbered& numbered);

}  // namespace tessera::detail
