#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hdf5/joined_file.hpp"
#include "segments/joined_rows.hpp"
#include "segments/pieces.hpp"

namespace tessera::segments {

/// What a file is to have that shows several others, all of which were read.
class JoinPlan {
 public:
  /// \param segments which stay \throws Error as join_segments
  JoinPlan(const std::vector<hdf5::Segment>& segments, bool later_wins);

  /// Paths, those above first, and which segment's attributes count.
  const std::vector<std::pair<std::string, std::size_t>>& groups() const noexcept { return groups_; }
  /// Scales first.
  const std::vector<hdf5::JoinedDataset>& datasets() const noexcept { return datasets_; }
  /// What segments differ in, where the first one counts.
  const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  const hdf5::SurveyedDataset* in(std::size_t segment, const std::string& path) const;
  void require_joinable() const;
  void require_same_meshes() const;
  void add_groups();
  void note_differences(const hdf5::SurveyedGroup& group, std::size_t segment);
  void note_attribute(const std::string& path, const std::string& name);
  void note(std::string text);
  void leave_out(const std::string& statistics);
  void find_tables();
  const std::string* table_with(const std::string& path, std::string (*name)(const std::string&)) const;
  const std::string* table_of(const hdf5::SurveyedDataset& column) const;
  const JoinedRows& rows(const std::string& table);
  bool add_of_table(const std::string& path, std::size_t first);
  void add_rows(hdf5::JoinedDataset& column, const JoinedRows& rows) const;
  bool has_some_steps(const std::string& scale) const;
  void keep_counted(const std::string& axis, std::vector<Coordinates>& of);
  void number_places(const std::string& time, std::vector<Coordinates>& of);
  void add_datasets(bool scales);
  void add_dataset(const std::string& path, std::size_t first);
  const Pieces& pieces(const std::string& scale);
  Coordinates coordinates(std::size_t segment, const std::string& scale) const;
  std::vector<std::string> scales_of(std::size_t segment, const hdf5::SurveyedDataset& dataset) const;
  void require_alike(const std::string& path, std::size_t first, std::size_t other);
  void add_part(hdf5::JoinedDataset& joined, std::size_t segment);
  void require_same_values(const hdf5::JoinedDataset& joined);
  void require_covered(const hdf5::JoinedDataset& joined) const;

  const std::vector<hdf5::Segment>& segments_;
  bool later_wins_;
  std::vector<std::map<std::string, const hdf5::SurveyedDataset*>> by_path_;  ///< of each segment
  std::map<std::string, Pieces> pieces_;                                      ///< by the path of the scale
  std::map<std::string, std::optional<JoinedRows>> tables_;                   ///< by their paths; nothing: not yet
  std::vector<std::pair<std::string, std::size_t>> groups_;
  std::vector<hdf5::JoinedDataset> datasets_;
  std::vector<std::string> notes_;
  std::set<std::string> left_out_;  ///< groups of statistics
  /// Segments with the same coordinates as a part of the dataset that is added, by the part's number.
  std::map<std::size_t, std::vector<std::size_t>> alike_;
};

}  // namespace tessera::segments
