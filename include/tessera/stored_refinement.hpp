#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tessera/box.hpp>
#include <tessera/reader.hpp>
#include <tessera/refinement.hpp>

/// \file
/// Reading refinements back, on any number of ranks.

namespace tessera {

/// One step of a refinement: boxes are asked for, then read together. Move-only.
class RefinedStep {
 public:
  /// How many levels have boxes in this step. Local.
  int levels() const noexcept { return static_cast<int>(boxes_.size()); }
  /// All boxes of a level, in the order of the file: those of rank 0 first, as each rank gave them. None where there is
  /// no such level. Local.
  const std::vector<Box>& boxes(int level) const noexcept;

  /// Asks for the values of a field in one box, by its number in boxes(). Local: errors are thrown by read() on all
  /// ranks. Several ranks may ask for the same box.
  ///
  /// \param field its name, without level \param level of the box \param number of the box in boxes(level)
  /// \param target as of StoredStep::get: a pointer or a contiguous container of the box's cells in C order, then the
  ///        components; or into(pointer, {cells, components}, strides)
  template <class Memory>
  void get(const std::string& field, int level, std::size_t number, Memory&& target) {
    const Place place = find(field, level, number);
    if (place.is_there) step_.get(place.column, place.rows, std::forward<Memory>(target));
  }
  /// Fills all that was asked for. Collective. As StoredStep::read.
  /// \throws Error on every rank: not_found (a field, or a level without boxes), out_of_bounds (the number of a box),
  ///         and what StoredStep::read throws
  void read() { step_.read(); }

  std::int64_t number() const { return step_.number(); }  ///< of the step in its run, from 0. Local.
  double time() const { return step_.time(); }            ///< of the step. Local.

 private:
  friend class StoredRefinement;
  /// Where a box's values are.
  struct Place {
    bool is_there = false;
    std::string column;
    Box rows;
  };
  RefinedStep(StoredRun run, StoredStep step, std::string name)
      : run_(std::move(run)), step_(std::move(step)), name_(std::move(name)) {}
  Place find(const std::string& field, int level, std::size_t number);
  void find_boxes();
  StoredRun run_;
  StoredStep step_;
  std::string name_;  ///< of the refinement
  std::vector<std::vector<Box>> boxes_;
  std::vector<std::vector<std::int64_t>> begins_;  ///< of each box among the level's cells, and of what is behind
};

/// A refinement in a file, as far as it is there: with a Reader::refresh come further levels. A handle, copied freely.
/// All calls but step() are local and throw on this rank alone; ranks that ask the same get the same.
class StoredRefinement {
 public:
  /// \throws Error not_found where no step has had boxes of it, hdf5
  StoredRefinement(StoredRun run, const std::string& name);

  const std::string& name() const noexcept { return name_; }  ///< its name
  /// How many levels have had boxes in some step, also in one that was dropped since (Run::keep).
  int levels() const;
  Index cells(int level) const;  ///< of the whole domain. \throws Error not_found, hdf5
  /// To the level before, the largest of all axes; 1 of level 0. \throws Error not_found, hdf5
  std::int64_t ratio(int level) const;
  Index ratios(int level) const;                 ///< the same per axis, slowest first. \throws Error not_found, hdf5
  std::vector<double> spacing(int level) const;  ///< of a cell, slowest axis first. \throws Error not_found, hdf5
  std::vector<double> origin() const;            ///< of the domain, slowest axis first. \throws Error not_found, hdf5
  std::vector<std::string> fields() const;       ///< names, without level

  /// A step by its number, from the end where it is negative; reads the boxes of all levels. Collective.
  /// \throws Error not_found; hdf5 where the boxes are not those of the cells that are there; and what reading throws
  RefinedStep step(std::int64_t number) const;

 private:
  StoredRun run_;
  std::string name_;
};

/// Names of the refinements of a run that have had boxes in some step. Local.
std::vector<std::string> refinements(const StoredRun& run);

}  // namespace tessera
