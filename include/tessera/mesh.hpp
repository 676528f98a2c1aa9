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
/// Unstructured meshes: nodes, cells of any kind, and what fields lie on.

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

/// A list of node numbers, ids or offsets that is only looked at: of 32 or 64 bits, in any contiguous container.
class Integers {
 public:
  Integers() = default;  ///< none
  /// So many numbers behind an address.
  template <std::integral T>
    requires(sizeof(T) == 4 || sizeof(T) == 8)
  Integers(const T* data, std::size_t count)
      : data_(data), size_(count), is_wide_(sizeof(T) == 8), is_signed_(std::is_signed_v<T>) {}
  /// Those of a std::vector, std::array, std::span...
  template <std::ranges::contiguous_range Range>
    requires(std::integral<std::ranges::range_value_t<Range>> && !std::same_as<std::remove_cvref_t<Range>, Integers>)
  Integers(const Range& range) : Integers(std::ranges::data(range), std::ranges::size(range)) {}

  std::size_t size() const noexcept { return size_; }      ///< how many
  bool empty() const noexcept { return size_ == 0; }       ///< none
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

/// What one rank has of a mesh, in its own numbering. A rank may have nothing; then all is left empty. Run::mesh reads
/// it and keeps none of it.
struct MeshPart {
  /// Of node 0, of node 1...: x, y and z, or as many as MeshOptions::dimensions says, in its unit.
  std::span<const double> coordinates = {};
  /// Of each cell; a single one serves all cells.
  std::vector<CellType> types = {};
  /// The nodes of cell 0, of cell 1...: their numbers on this rank, from 0.
  Integers connectivity = {};
  /// Where the nodes of each cell begin in `connectivity`, and behind the last one where they end: cells + 1 numbers.
  /// May be left out where the types tell how many nodes their cells have (all but polygons and Lagrange cells).
  Integers offsets = {};
  /// The numbers of this rank's nodes in the whole mesh, which count from 0 without gaps. Ranks that share a node all
  /// give it; it is stored once. Given by every rank that has nodes, or by none: then the nodes of the ranks follow
  /// each other, and those on the boundary between two parts are stored for each.
  Integers node_ids = {};
  /// The same of cells, which no two ranks share.
  Integers cell_ids = {};
};

/// What the ranks say alike of a mesh.
struct MeshOptions {
  /// Coordinates of a node: 2 or 3.
  int dimensions = 3;
  /// Unit of coordinates, as UDUNITS spells it ("m"); none when empty.
  std::string unit = {};
  /// A description; no attribute when empty.
  std::string long_name = {};
};

/// The nodes or the cells of a mesh: what a field is declared on, instead of a Grid (Run::field).
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

/// Attributes of an integer field whose numbers have names, as CF has them (flag_values, flag_meanings): materials,
/// boundaries. Example: `flags({{0, "steel"}, {1, "rubber"}})`. Spaces in names become "_".
Attributes flags(const std::vector<std::pair<int, std::string>>& names);

}  // namespace tessera
