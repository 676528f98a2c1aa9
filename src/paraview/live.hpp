#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <tessera/options.hpp>

#include "paraview/make.hpp"
#include "schema/catalog.hpp"

namespace tessera::paraview {

/// Keeps the side files of a file right that is being written. For one rank; never throws: what goes wrong is warned of
/// on stderr, once per run, since the steps are in the file all the same.
///
/// A side file is written after what it shows was published, and before what it shows is dropped. So it shows committed
/// steps at any instant; it may lag.
class LiveSideFiles {
 public:
  struct Settings {
    SideFiles which = SideFiles::vtkhdf;
    bool sync = false;           ///< side files are on stable storage before they have their names
    bool at_close_only = false;  ///< the file cannot be opened before
  };

  /// \param study the file, as the user calls it; relative paths are those of now
  LiveSideFiles(const std::string& study, const Settings& settings);

  /// The file is to be made: side files of one before it show what will not be there.
  void before_creation() noexcept;
  /// Before steps go that the run had (Run::keep).
  void before_cut(const schema::Catalog& catalog, int run) noexcept;
  /// \param has_new the commit has brought in fields or scalars
  void after_commit(const schema::Catalog& catalog, int run, bool has_new) noexcept;
  /// Brings all up to date that lag.
  void at_close(const schema::Catalog& catalog) noexcept;

 private:
  struct RunState {
    std::vector<double> times;                      ///< of the steps; kept for `.xmf` alone
    std::map<std::string, schema::RowSeries> rows;  ///< of tables
    Versions versions;                              ///< of meshes that change
    StepNumbers steps;                              ///< of time axes
    std::array<std::int64_t, 2> shown{-1, -1};      ///< steps in the side file of each format
    std::int64_t refined = 0;                       ///< steps whose refinements have their side files
    bool begun = false;                             ///< what was there before is noted
    bool lags = false;
    bool warned = false;
    std::set<std::string> told;               ///< scenes of which was said what is not shown
    bool told_of_refinement = false;          ///< likewise
    std::set<std::filesystem::path> written;  ///< side files that show steps
  };

  template <class Action>
  void guarded(RunState& state, Action&& action) noexcept;
  void note(const schema::Group& group, RunState& state) const;
  void update(const schema::Catalog& catalog, int run, bool now);
  void add_refined_steps(const schema::Catalog& catalog, int run, RunState& state) const;
  void remove_refined_steps(const schema::Catalog& catalog, int run, RunState& state) const;
  bool make(const Scene& scene, Format format, RunState& state) const;
  static std::vector<Scene> scenes_of(const schema::Catalog& catalog, int run, const RunState& state);
  void tell(const Scene& scene) const;
  bool has(Format format) const noexcept;

  std::string study_;  ///< absolute
  std::string name_;   ///< as the user calls it
  Settings settings_;
  std::map<int, RunState> runs_;
};

/// Whether a side file that shows `shown` steps is written anew when there are `steps`: always where there are few, so
/// that the work per commit stays the same where there are many.
bool is_due(Format format, std::int64_t shown, std::int64_t steps);

}  // namespace tessera::paraview
