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
  /// How many levels have boxes in this step.
  int levels() const noexcept { return static_cast<int>(boxes_.size()); }
  /// All boxes of a level, in the order of the file: those of rank 0 first, as each rank gave them. None where there is
  /// no such level.
  const std::vector<Box>& boxes(int level) const noexcept;

  /// Asks for the values of a field in one box, by its number in boxes(). Local: errors are thrown by read() on all
  /// ranks. Several ranks may ask for the same box.
  ///
  /// \param field its name, without level \param level of the box \param number of the box in boxes(level)
  /// \param target as of StoredStep::get: a pointer or a contiguous container of the box's cells in C order, then the
  ///        components; or into(pointer, {cells, components}, strides)
  template <class Memory>
  void get(const std::string& field, int level, std::size_t number, Memory&& target) {
    step_.get(detail::name_on_level(field, level), rows(level, number), std::forward<Memory>(target));
  }
  /// Fills all that was asked for. Collective. As StoredStep::read.
  void read() { step_.read(); }

  std::int64_t number() const { return step_.number(); }  ///< of the step in its run, from 0
  double time() const { return step_.time(); }            ///< of the step

 private:
  friend class StoredRefinement;
  explicit RefinedStep(StoredStep step) : step_(std::move(step)) {}
  Box rows(int level, std::size_t number) const;
  StoredStep step_;
  std::vector<std::vector<Box>> boxes_;
  std::vector<std::vector<std::int64_t>> begins_;  ///< of each box among the level's cells, and of what is behind
};

/// A refinement in a file. A handle, copied freely. All calls but step() are local and throw on this rank alone; ranks
/// that ask the same get the same.
class StoredRefinement {
 public:
  /// \throws Error not_found
  StoredRefinement(StoredRun run, const std::string& name);

  const std::string& name() const noexcept { return name_; }  ///< its name
  /// How many levels have had boxes in some step.
  int levels() const noexcept { return static_cast<int>(ratios_.size()); }
  Index cells(int level) const;                  ///< of the whole domain. \throws Error not_found
  std::int64_t ratio(int level) const;           ///< to the level before; 1 of level 0. \throws Error not_found
  std::vector<double> spacing(int level) const;  ///< edges of a cell, slowest axis first. \throws Error not_found
  const std::vector<double>& origin() const noexcept { return origin_; }  ///< of the domain, slowest axis first
  std::vector<std::string> fields() const;                                ///< names, without level

  /// A step by its number, from the end where it is negative; reads the boxes of all levels. Collective. \throws Error
  /// not_found, and what reading throws
  RefinedStep step(std::int64_t number) const;

 private:
  std::size_t checked(int level) const;
  StoredRun run_;
  std::string name_;
  std::vector<Index> cells_;
  std::vector<std::int64_t> ratios_;
  std::vector<std::vector<double>> spacings_;
  std::vector<double> origin_;
};

}  // namespace tessera
