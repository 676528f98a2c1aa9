#include "segments/join_plan.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <set>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/statistics.hpp"

namespace tessera::segments {

namespace {

using hdf5::SurveyedDataset;

/// Values that are not worth a look into another file.
constexpr std::uint64_t small_bytes = std::uint64_t{64} << 10;

std::uint64_t volume(const std::vector<hsize_t>& extents) {
  return std::accumulate(extents.begin(), extents.end(), std::uint64_t{1}, std::multiplies<>());
}

/// The group of statistics that a dataset lies in; empty for others.
std::string statistics_group_of(const std::string& path) {
  const std::string name = "/" + std::string(schema::statistics_group);
  const auto at = path.find(name + "/");
  return at == std::string::npos ? "" : path.substr(0, at) + name;
}

/// What changes the meaning of values.
bool counts(const std::string& attribute) {
  constexpr std::array names{"units", "calendar", "scale_factor", "add_offset", "flag_values", "flag_masks",
                             "flag_meanings",
                             // of the boxes of a refinement
                             "domain_cells", "cell_size", "domain_origin", "ratio"};
  return std::ranges::find(names, attribute) != names.end();
}

/// Names of attributes that one has, or both with other values.
std::vector<std::string> differing(const Attributes& a, const Attributes& b) {
  std::vector<std::string> names;
  const auto compare = [&](const Attributes& these, const Attributes& those, bool values) {
    for (const Attribute& one : these) {
      const auto same = std::ranges::find(those, one.name, &Attribute::name);
      if (same == those.end() || (values && !schema::is_stored_as(same->value, one.value))) names.push_back(one.name);
    }
  };
  compare(a, b, true);
  compare(b, a, false);
  return names;
}

}  // namespace

JoinPlan::JoinPlan(const std::vector<hdf5::Segment>& segments, bool later_wins)
    : segments_(segments), later_wins_(later_wins), by_path_(segments.size()) {
  for (std::size_t segment = 0; segment < segments.size(); ++segment) {
    for (const SurveyedDataset& dataset : segments[segment].survey->datasets()) {
      by_path_[segment][dataset.path] = &dataset;
    }
  }
  require_joinable();
  require_same_meshes();
  find_tables();
  add_groups();
  add_datasets(true);
  add_datasets(false);
}

const SurveyedDataset* JoinPlan::in(std::size_t segment, const std::string& path) const {
  const auto found = by_path_[segment].find(path);
  return found == by_path_[segment].end() ? nullptr : found->second;
}

void JoinPlan::require_joinable() const {
  for (const hdf5::Segment& segment : segments_) {
    for (const SurveyedDataset& dataset : segment.survey->datasets()) {
      const std::string what = in_quotes(segment.name) + " cannot be joined: " + dataset.path;
      using enum SurveyedDataset::Storage;
      if (dataset.storage == in_parts || dataset.storage == elsewhere) {
        throw Error(ErrorCode::invalid_argument, what + " has its values in other files; join those");
      }
    }
  }
}

void JoinPlan::add_groups() {
  std::map<std::string, std::size_t> seen;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    for (const hdf5::SurveyedGroup& group : segments_[segment].survey->groups()) {
      if (seen.emplace(group.path, segment).second) {
        groups_.emplace_back(group.path, segment);
      } else {
        note_differences(group, seen[group.path]);
      }
    }
  }
  const auto depth = [](const auto& one) { return one.first == "/" ? 0 : std::ranges::count(one.first, '/'); };
  std::ranges::stable_sort(groups_, {}, depth);
}

void JoinPlan::note_differences(const hdf5::SurveyedGroup& group, std::size_t segment) {
  const auto& groups = segments_[segment].survey->groups();
  const Attributes& first = std::ranges::find(groups, group.path, &hdf5::SurveyedGroup::path)->attributes;
  for (const std::string& name : differing(first, group.attributes)) {
    if (group.path != "/" || (name != "history" && name != "creator")) note_attribute(group.path, name);
  }
}

void JoinPlan::note_attribute(const std::string& path, const std::string& name) {
  note(path + "@" + name + " is not the same in all segments: that of the first one counts");
}

void JoinPlan::note(std::string text) {
  if (std::ranges::find(notes_, text) == notes_.end()) notes_.push_back(std::move(text));
}

void JoinPlan::add_datasets(bool scales) {
  std::set<std::string> seen;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    for (const SurveyedDataset& dataset : segments_[segment].survey->datasets()) {
      if (dataset.is_scale != scales || !seen.insert(dataset.path).second) continue;
      const std::string statistics = statistics_group_of(dataset.path);
      if (left_out_.contains(statistics)) continue;
      try {
        add_dataset(dataset.path, segment);
      } catch (const Error& error) {
        if (statistics.empty() || error.code() == ErrorCode::storage) throw;
        leave_out(statistics);
      }
    }
  }
}

void JoinPlan::add_dataset(const std::string& path, std::size_t first) {
  if (add_of_table(path, first)) return;
  alike_.clear();  // of statistics that were left out
  hdf5::JoinedDataset joined;
  joined.path = path;
  joined.like = first;
  const SurveyedDataset& dataset = *in(first, path);
  joined.scales = scales_of(first, dataset);
  joined.extents = dataset.grid.extents;
  for (std::size_t axis = 0; axis < joined.scales.size(); ++axis) {
    if (!joined.scales[axis].empty()) joined.extents[axis] = pieces(joined.scales[axis]).length;
  }
  for (std::size_t segment = first; segment < segments_.size(); ++segment) {
    if (in(segment, path) == nullptr) continue;
    require_alike(path, first, segment);
    add_part(joined, segment);
  }
  require_same_values(joined);
  require_covered(joined);
  const auto begin = [](const hdf5::SegmentPart& part) { return part.begin; };
  const auto front = std::ranges::min_element(joined.parts, {}, begin);
  // An axis of very many points has its first one as an attribute.
  if (front != joined.parts.end() && dataset.is_scale) joined.like = front->segment;
  joined.is_virtual = !dataset.is_scale && joined.extents.size() > 1 &&
                      volume(joined.extents) * dataset.grid.element_bytes > small_bytes && !joined.parts.empty();
  if (dataset.is_scale) joined.scales.clear();
  datasets_.push_back(std::move(joined));
}

/// Statistics that are of other fields, or of parts, in each segment.
void JoinPlan::leave_out(const std::string& statistics) {
  left_out_.insert(statistics);
  std::erase_if(datasets_, [&](const auto& one) { return statistics_group_of(one.path) == statistics; });
  std::erase_if(groups_, [&](const auto& one) { return one.first == statistics; });
  note(statistics + " is left out: the segments' are not of the same");
}

void JoinPlan::require_alike(const std::string& path, std::size_t first, std::size_t other) {
  const SurveyedDataset& a = *in(first, path);
  const SurveyedDataset& b = *in(other, path);
  const std::string where =
      path + " of " + in_quotes(segments_[first].name) + " and of " + in_quotes(segments_[other].name);
  if (a.element != b.element || a.grid.element_bytes != b.grid.element_bytes) {
    throw Error(ErrorCode::type_mismatch, where + " have elements of different types");
  }
  if (a.is_scale != b.is_scale || scales_of(first, a) != scales_of(other, b)) {
    throw Error(ErrorCode::invalid_argument, where + " have different axes");
  }
  for (const std::string& name : differing(a.attributes, b.attributes)) {
    if (a.is_scale && (name == "origin" || name == "spacing")) continue;
    if (counts(name) || !statistics_group_of(path).empty()) {
      throw Error(ErrorCode::invalid_argument,
                  where + " differ in the attribute " + in_quotes(name) + ": their values do not mean the same");
    }
    if (other != first) note_attribute(path, name);
  }
  if (a.is_filled && b.is_filled && a.fill != b.fill) {
    throw Error(ErrorCode::invalid_argument, where + " have different fill values");
  }
  const std::vector<std::string> scales = scales_of(first, a);
  for (std::size_t axis = 0; axis < scales.size(); ++axis) {
    if (!scales[axis].empty() || a.grid.extents[axis] == b.grid.extents[axis]) continue;
    throw Error(ErrorCode::invalid_argument,
                where +
                    " have different lengths along an axis that has no coordinates, so nothing says where they lie");
  }
}

void JoinPlan::add_part(hdf5::JoinedDataset& joined, std::size_t segment) {
  const SurveyedDataset& dataset = *in(segment, joined.path);
  hdf5::SegmentPart part{segment, {}, {}};
  for (std::size_t axis = 0; axis < joined.extents.size(); ++axis) {
    const std::string& scale = joined.scales[axis];
    part.begin.push_back(scale.empty() ? 0 : pieces(scale).begin[segment]);
    part.count.push_back(
        std::min(dataset.grid.extents[axis], scale.empty() ? joined.extents[axis] : pieces(scale).count[segment]));
  }
  if (volume(part.count) == 0) return;
  // Pieces of an axis are the same or apart, and so are boxes of them.
  const auto same = std::ranges::find(joined.parts, part.begin, &hdf5::SegmentPart::begin);
  if (same == joined.parts.end()) {
    joined.parts.push_back(std::move(part));
  } else if (!dataset.is_scale || !dataset.element) {  // else compared when pieces were
    alike_[static_cast<std::size_t>(same - joined.parts.begin())].push_back(segment);
  }
}

/// What several segments have for the same coordinates.
void JoinPlan::require_same_values(const hdf5::JoinedDataset& joined) {
  for (const auto& [number, others] : std::exchange(alike_, {})) {
    const hdf5::SegmentPart& part = joined.parts[number];
    std::vector<const hdf5::Survey*> files{segments_[part.segment].survey};
    for (const std::size_t segment : others) files.push_back(segments_[segment].survey);
    const auto other = hdf5::first_with_other_values(files, joined.path, part.count);
    if (!other) continue;
    throw Error(ErrorCode::invalid_argument,
                joined.path + " has other values in " + in_quotes(segments_[others[*other - 1]].name) + " than in " +
                    in_quotes(segments_[part.segment].name) + " for the same coordinates: which ones count?");
  }
}

void JoinPlan::require_covered(const hdf5::JoinedDataset& joined) const {
  std::uint64_t cells = 0;
  for (const hdf5::SegmentPart& part : joined.parts) cells += volume(part.count);
  if (cells == volume(joined.extents) || in(joined.like, joined.path)->is_filled) return;
  throw Error(ErrorCode::invalid_argument,
              joined.path + ": the segments have " + std::to_string(cells) + " of " +
                  std::to_string(volume(joined.extents)) +
                  " values, and the dataset has no fill value for the others: is a segment missing?");
}

}  // namespace tessera::segments
