#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hdf5/free_extents.hpp"

namespace tessera::pipeline {

/// The ranks in the order in which they get space of the file: those of a node follow each other, wherever the launcher
/// put them, so that a node's bytes do.
class NodeOrder {
 public:
  NodeOrder() = default;
  /// \param first_of_node by rank: the lowest rank of its node
  explicit NodeOrder(std::vector<std::uint32_t> first_of_node);

  /// Gives each rank its part. Where so much is asked for that it pays (begin_in_blocks) the first one begins at a
  /// block, and the last one of a node ends at one; what lies between is that of the rank before, or of the first one.
  /// \param parts  by rank: nothing but how long it is; becomes where it lies
  /// \param end    of the file \returns the new one
  std::uint64_t lay_out(std::uint64_t end, std::uint64_t block, std::span<hdf5::Extent> parts) const noexcept;

 private:
  std::vector<std::uint32_t> first_of_node_;  ///< empty: all are on one node
  std::vector<std::uint32_t> order_;
};

}  // namespace tessera::pipeline
