#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <tessera/box.hpp>
#include <tessera/types.hpp>

/// \file
/// Block-structured refinement (AMR): levels of boxes, each level finer than the one before.

namespace tessera {

namespace detail {
struct RefinementEntry;
struct RefinedFieldEntry;
}  // namespace detail

/// What the ranks say alike of a refinement. Axes are those of arrays, slowest first: (z, y, x).
struct RefinementOptions {
  /// Cells of the whole domain on level 0: two or three axes.
  Index cells = {};
  /// How many levels there can be, level 0 among them: 1 to 30. A step may have fewer.
  int levels = 2;
  /// How many cells of a level along each axis fill one of the level before, for level 1, 2...: 2 or more. A single
  /// value serves all levels.
  std::vector<int> ratio = {2};
  /// Instead of `ratio` where axes differ: for level 1, 2... one value per axis, 1 or more, of which not all are 1;
  /// a single list serves all levels. {{1, 2, 2}}: planes of a grid are refined, and stay as many.
  std::vector<Index> axis_ratios = {};
  /// Edges of a cell of level 0, per axis, in `unit`; a single value serves all axes. Default: 1.
  std::vector<double> spacing = {};
  /// Where the domain begins, per axis, in `unit`; a single value serves all axes. Default: 0.
  std::vector<double> origin = {};
  /// Unit of lengths, as UDUNITS spells it ("m"); none when empty.
  std::string unit = {};
  /// Cells of a chunk in the file, on all levels; 0: chosen from the first step with boxes on a level. A step's cells
  /// begin with a chunk, whose last one is filled up: give it where later steps have far fewer cells than the first.
  std::int64_t chunk_cells = 0;
};

/// This rank's boxes of each level, in cells of that level (`boxes[1]` are those of level 1); levels at the end may be
/// left out. The domain begins at 0.
using LevelBoxes = std::vector<std::vector<Box>>;

/// A refinement of a run, made by Run::refinement; small, copied freely. Fields that are declared on it have values in
/// the cells of all levels. A default-constructed one belongs to no run. All calls are local, and throw on this rank
/// alone.
class Refinement {
 public:
  Refinement() = default;
  const std::string& name() const noexcept;  ///< empty where it belongs to no run
  int levels() const noexcept;               ///< how many there can be
  Index cells(int level) const;              ///< of the whole domain, on this level. \throws Error invalid_argument
  /// To the level before, the largest of all axes; 1 of level 0. \throws Error invalid_argument
  std::int64_t ratio(int level) const;
  Index ratios(int level) const;  ///< the same per axis, slowest first. \throws Error invalid_argument
  std::vector<double> spacing(
      int level) const;                ///< edges of a cell, slowest axis first. \throws Error invalid_argument
  std::vector<double> origin() const;  ///< of the domain, slowest axis first. \throws Error invalid_argument
  /// This rank's boxes of a level, as the last Run::regrid gave them; none before that. The reference stays valid, but
  /// the next regrid changes what is there. \throws Error invalid_argument
  const std::vector<Box>& boxes(int level) const;
  /// For the library.
  explicit Refinement(std::shared_ptr<detail::RefinementEntry> entry) : entry_(std::move(entry)) {}
  /// For the library.
  const std::shared_ptr<detail::RefinementEntry>& entry() const noexcept { return entry_; }

 private:
  std::shared_ptr<detail::RefinementEntry> entry_;
};

/// A field on the cells of all levels of a refinement, made by Run::field; small, copied freely. A default-constructed
/// one belongs to no run.
template <class T>
class RefinedField {
 public:
  using value_type = T;  ///< element type in the caller's memory
  RefinedField() = default;
  /// For the library.
  RefinedField(Refinement refinement, std::shared_ptr<detail::RefinedFieldEntry> entry)
      : refinement_(std::move(refinement)), entry_(std::move(entry)) {}
  const Refinement& refinement() const noexcept { return refinement_; }  ///< that it lies on
  /// For the library.
  const std::shared_ptr<detail::RefinedFieldEntry>& entry() const noexcept { return entry_; }

 private:
  Refinement refinement_;
  std::shared_ptr<detail::RefinedFieldEntry> entry_;
};

}  // namespace tessera
