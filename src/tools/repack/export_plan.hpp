#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hdf5/export_change.hpp"
#include "hdf5/survey.hpp"
#include "schema/contents.hpp"
#include "tools/repack/companions.hpp"
#include "tools/repack/export_runs.hpp"

namespace tessera::tools {

/// What is copied, and where it goes.
class ExportPlan {
 public:
  /// A dataset, and what becomes of it.
  struct Copy {
    const hdf5::SurveyedDataset* dataset = nullptr;
    std::string target;
    hdf5::ExportChange change;
  };

  /// All of these stay. \throws Error not_found
  ExportPlan(const hdf5::Survey& survey, const schema::Contents& contents, const ExportOptions& options);

  /// Whether the content of a group is copied: of selected runs, and of what is below them. What is known of fields'
  /// values holds for all fields as they are, and has no place in a root group.
  bool has(const std::string& group) const;
  /// Where a group goes; groups above selected ones are there, too.
  std::optional<std::string> target(const std::string& group) const;
  /// Datasets, scales first: those of selected groups, and the scales that they need from others.
  std::vector<Copy> copies() const;

 private:
  const schema::StoredRun* run_at(const std::string& path) const;
  struct TimeAxis {
    const schema::StoredRun* run;
    std::string name;
  };
  std::optional<TimeAxis> time_axis_of(const hdf5::SurveyedDataset& dataset) const;
  std::pair<std::uint64_t, std::uint64_t> steps_of(const TimeAxis& axis) const;
  void require_fields() const;
  std::set<std::string> wanted_fields() const;
  std::vector<const hdf5::SurveyedDataset*> datasets() const;
  void take_steps(const hdf5::SurveyedDataset& dataset, hdf5::ExportChange& change) const;
  hdf5::ExportChange change(const hdf5::SurveyedDataset& dataset) const;
  std::vector<std::uint64_t> chunk_of(const schema::StoredField& stored) const;

  const hdf5::Survey& survey_;
  const schema::Contents& contents_;
  const ExportOptions& options_;
  Companions companions_;
  std::set<std::string> runs_;  ///< paths; empty: all
};

}  // namespace tessera::tools
