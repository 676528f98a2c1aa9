#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/error.hpp>
#include <tessera/mesh.hpp>

#include "schema/mesh.hpp"

namespace tessera::detail {

/// A rank's part of a mesh, checked, with what was left out filled in.
class OwnPart {
 public:
  /// \param mesh for messages: "mesh 'beam'" \throws Error invalid_argument, out_of_bounds
  OwnPart(const std::string& mesh, const MeshPart& part, const MeshOptions& options);

  std::int64_t nodes() const noexcept { return nodes_; }
  std::int64_t cells() const noexcept { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  CellType type(std::int64_t cell) const noexcept {
    return part_.types[part_.types.size() == 1 ? 0 : static_cast<std::size_t>(cell)];
  }
  std::int64_t nodes_of(std::int64_t cell) const noexcept { return begin(cell + 1) - begin(cell); }
  std::int64_t most_nodes() const noexcept { return most_nodes_; }
  /// \param number of the node in the cell \returns its number on this rank
  std::int64_t node(std::int64_t cell, std::int64_t number) const noexcept {
    return part_.connectivity[static_cast<std::size_t>(begin(cell) + number)];
  }
  const MeshPart& given() const noexcept { return part_; }

 private:
  std::int64_t begin(std::int64_t cell) const noexcept { return offsets_[static_cast<std::size_t>(cell)]; }
  [[noreturn]] void refuse(ErrorCode code, const std::string& why) const;
  void take_coordinates();
  void take_types() const;
  void take_offsets();
  std::int64_t cells_without_offsets() const;
  void check_cells() const;
  void check_ids() const;

  const std::string& mesh_;
  const MeshPart& part_;
  const MeshOptions& options_;
  std::int64_t nodes_ = 0;
  std::int64_t most_nodes_ = 0;
  std::vector<std::int64_t> offsets_;
};

}  // namespace tessera::detail
