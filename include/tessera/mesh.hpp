#pragma once

#include <tessera/requirements.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tessera/attribute.hpp>

/// \file
/// Unstructured meshes: nodes, cells, and the spaces that fields are declared on.

namespace tessera {

namespace detail {
struct MeshEntry;
struct MeshSpaceEntry;
}  // namespace detail

/// The kinds of cells, by VTK's numbers; a cell names its nodes in VTK's order.
/// Source: https://docs.vtk.org/en/latest/vtk_file_formats/vtk_legacy_file_format.html, vtkCellType.h
enum class CellType : std::uint8_t {
  vertex = 1,
  line = 3,
  triangle = 5,
  polygon = 7,
  quadrilateral = 9,
  tetrahedron = 10,
  hexahedron = 12,
  wedge = 13,
  pyramid = 14,
  quadratic_line = 21,
  quadratic_triangle = 22,
  quadratic_quadrilateral = 23,
  quadratic_tetrahedron = 24,
  quadratic_hexahedron = 25,
  quadratic_wedge = 26,
  quadratic_pyramid = 27,
  biquadratic_quadrilateral = 28,
  triquadratic_hexahedron = 29,
  lagrange_line = 68,
  lagrange_triangle = 69,
  lagrange_quadrilateral = 70,
  lagrange_tetrahedron = 71,
  lagrange_hexahedron = 72,
  lagrange_wedge = 73,
  lagrange_pyramid = 74,
};

/// A non-owning view of node numbers, ids or offsets of 32 or 64 bits, in any contiguous container.
class Integers {
 public:
  Integers() = default;  ///< none
  /// `count` numbers from `data` on.
  template <std::integral T>
    requires(sizeof(T) == 4 || sizeof(T) == 8)
  Integers(const T* data, std::size_t count)
      : data_(data), size_(count), is_wide_(sizeof(T) == 8), is_signed_(std::is_signed_v<T>) {}
  /// Those of a std::vector, std::array, std::span...
  template <std::ranges::contiguous_range Range>
    requires(std::integral<std::ranges::range_value_t<Range>> && !std::same_as<std::remove_cvref_t<Range>, Integers>)
  Integers(const Range& range) : Integers(std::ranges::data(range), std::ranges::size(range)) {}

  std::size_t size() const noexcept { return size_; }      ///< how many
  bool empty() const noexcept { return size_ == 0; }       ///< whether there are none
  std::int64_t operator[](std::size_t i) const noexcept {  ///< beyond 2^63 - 1 it is negative
    if (is_wide_) return static_cast<const std::int64_t*>(data_)[i];
    return is_signed_ ? static_cast<const std::int32_t*>(data_)[i] : static_cast<const std::uint32_t*>(data_)[i];
  }

 private:
  const void* data_ = nullptr;
  std::size_t size_ = 0;
  bool is_wide_ = true;
  bool is_signed_ = true;
};

/// One rank's part of a mesh, in the rank's own numbering; all members stay empty on a rank without a part. Run::mesh
/// reads it and keeps no reference to it.
struct MeshPart {
  /// Coordinates of node 0, of node 1...: MeshOptions::dimensions numbers each (x, y, z), in MeshOptions::unit.
  std::span<const double> coordinates = {};
  /// The type of each cell; a single entry serves all cells.
  std::vector<CellType> types = {};
  /// The nodes of cell 0, of cell 1...: local node numbers, from 0.
  Integers connectivity = {};
  /// Where the nodes of each cell begin in `connectivity`, and finally where the last one's end: cells + 1 numbers. May
  /// be left out where the types fix the number of nodes per cell (all but polygons and Lagrange cells).
  Integers offsets = {};
  /// Global numbers of this rank's nodes; they count from 0 without gaps. Ranks that share a node all list it; it is
  /// stored once. Given by every rank that has nodes, or by none: then nodes are numbered rank after rank, and those on
  /// the boundary between two parts are stored once per part.
  Integers node_ids = {};
  /// Global numbers of this rank's cells, likewise; no two ranks share a cell.
  Integers cell_ids = {};
};

/// Options of a mesh, the same on all ranks.
struct MeshOptions {
  /// Coordinates per node: 2 or 3.
  int dimensions = 3;
  /// Unit of coordinates, as UDUNITS spells it ("m"); none when empty.
  std::string unit = {};
  /// A description; no attribute when empty.
  std::string long_name = {};
  /// The field that says where nodes are in each step, for meshes that move: declared on nodes() with as many
  /// components as there are dimensions, of float or double. MeshPart::coordinates then are the places of reference.
  /// Empty: nodes stay.
  std::string position = {};
  /// Of a mesh that others replace in the course of the run: its number among these, from 1. From the next step on the
  /// mesh is the version that was made last; versions increase. The file has it as `<name>_<version>`, and fields
  /// declared on it likewise: `u` as `u_2`. 0: the mesh stays.
  int version = 0;
};

/// The nodes or the cells of a mesh: a field is declared on these instead of a Grid (Run::field).
class MeshSpace {
 public:
  MeshSpace() = default;
  std::int64_t size() const noexcept;  ///< of the whole mesh
  std::int64_t own() const noexcept;   ///< of this rank: what Step::put takes, in the order of its MeshPart
  /// For the library.
  explicit MeshSpace(std::shared_ptr<const detail::MeshSpaceEntry> entry) : entry_(std::move(entry)) {}
  /// For the library.
  const std::shared_ptr<const detail::MeshSpaceEntry>& entry() const noexcept { return entry_; }

 private:
  std::shared_ptr<const detail::MeshSpaceEntry> entry_;
};

/// A mesh of a run, made by Run::mesh; small, copied freely. A default-constructed one belongs to no run.
class Mesh {
 public:
  Mesh() = default;
  MeshSpace nodes() const;  ///< for fields with values at nodes
  MeshSpace cells() const;  ///< for fields with values in cells
  /// For the library.
  explicit Mesh(std::shared_ptr<const detail::MeshEntry> entry) : entry_(std::move(entry)) {}

 private:
  std::shared_ptr<const detail::MeshEntry> entry_;
};

/// Attributes that name the values of an integer field (materials, boundaries), as CF does: flag_values, of the field's
/// own type in the file, and flag_meanings. Example: `flags({{0, "steel"}, {1, "rubber"}})`. Spaces in names become
/// "_".
Attributes flags(const std::vector<std::pair<int, std::string>>& names);

}  // namespace tessera
