#include "segments/join_plan.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "base/visit_element.hpp"
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

std::vector<double> as_doubles(const std::vector<std::byte>& bytes, DataType type) {
  return visit_element(type, [&](auto element) {
    using T = typename decltype(element)::type;
    const auto* values = reinterpret_cast<const T*>(bytes.data());
    std::vector<double> result(bytes.size() / sizeof(T));
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<double>(arithmetic(values[i]));
    return result;
  });
}

const double* number_of(const Attributes& attributes, const char* name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : std::get_if<double>(&found->value.storage());
}

/// Statistics of a part say nothing of the whole.
bool is_statistics(const std::string& path) {
  return path.find("/" + std::string(schema::statistics_group) + "/") != std::string::npos;
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
      if (dataset.grid.is_column) {
        throw Error(ErrorCode::invalid_argument,
                    what + " is a column of a table, whose rows have no coordinates; write tables into one file");
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
  for (const Attribute& one : group.attributes) {
    const auto same = std::ranges::find(first, one.name, &Attribute::name);
    if (same != first.end() && schema::is_stored_as(same->value, one.value)) continue;
    if (group.path == "/" && (one.name == "history" || one.name == "creator")) continue;
    std::string note = group.path + " has another value of " + one.name + " than in the first segment";
    if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(std::move(note));
  }
}

void JoinPlan::add_datasets(bool scales) {
  std::set<std::string> seen;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    for (const SurveyedDataset& dataset : segments_[segment].survey->datasets()) {
      if (dataset.is_scale == scales && seen.insert(dataset.path).second) add_dataset(dataset.path, segment);
    }
  }
}

void JoinPlan::add_dataset(const std::string& path, std::size_t first) {
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
    if (add_part(joined, segment)) continue;
    notes_.push_back(path + " is left out: it tells of each segment alone");
    return;
  }
  require_covered(joined);
  const auto begin = [](const hdf5::SegmentPart& part) { return part.begin; };
  const auto front = std::ranges::min_element(joined.parts, {}, begin);
  if (front != joined.parts.end()) joined.like = front->segment;
  joined.is_virtual = !dataset.is_scale && joined.extents.size() > 1 &&
                      volume(joined.extents) * dataset.grid.element_bytes > small_bytes && !joined.parts.empty();
  if (dataset.is_scale) joined.scales.clear();
  datasets_.push_back(std::move(joined));
}

/// Of a scale, itself.
std::vector<std::string> JoinPlan::scales_of(std::size_t segment, const SurveyedDataset& dataset) const {
  if (dataset.is_scale) return {dataset.path};
  return segments_[segment].survey->scale_paths(dataset);
}

const Pieces& JoinPlan::pieces(const std::string& scale) {
  const auto found = pieces_.find(scale);
  if (found != pieces_.end()) return found->second;
  std::vector<Coordinates> of;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) of.push_back(coordinates(segment, scale));
  const bool is_time = scale.ends_with("/time");
  return pieces_.emplace(scale, pieces_of(scale, of, later_wins_ && is_time)).first->second;
}

Coordinates JoinPlan::coordinates(std::size_t segment, const std::string& scale) const {
  Coordinates result;
  result.file = segments_[segment].name;
  const SurveyedDataset* dataset = in(segment, scale);
  if (dataset == nullptr || dataset->grid.extents.size() != 1) return result;
  result.is_there = true;
  result.length = dataset->grid.extents[0];
  const double* origin = number_of(dataset->attributes, "origin");
  const double* spacing = number_of(dataset->attributes, "spacing");
  if (!dataset->is_dimension_only && dataset->element) {
    result.values = as_doubles(segments_[segment].survey->elements(*dataset), *dataset->element);
  } else if (origin != nullptr && spacing != nullptr) {  // an axis of very many points
    for (std::uint64_t i = 0; i < result.length; ++i) {
      result.values.push_back(*origin + static_cast<double>(i) * *spacing);
    }
  }
  return result;
}

void JoinPlan::require_alike(const std::string& path, std::size_t first, std::size_t other) const {
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
  const std::vector<std::string> scales = scales_of(first, a);
  for (std::size_t axis = 0; axis < scales.size(); ++axis) {
    if (!scales[axis].empty() || a.grid.extents[axis] == b.grid.extents[axis]) continue;
    throw Error(ErrorCode::invalid_argument,
                where +
                    " have different lengths along an axis that has no coordinates, so nothing says where they lie");
  }
}

/// \return false: this is another one of what only one can be shown of
bool JoinPlan::add_part(hdf5::JoinedDataset& joined, std::size_t segment) {
  const SurveyedDataset& dataset = *in(segment, joined.path);
  hdf5::SegmentPart part{segment, {}, {}};
  for (std::size_t axis = 0; axis < joined.extents.size(); ++axis) {
    const std::string& scale = joined.scales[axis];
    part.begin.push_back(scale.empty() ? 0 : pieces(scale).begin[segment]);
    part.count.push_back(
        std::min(dataset.grid.extents[axis], scale.empty() ? joined.extents[axis] : pieces(scale).count[segment]));
  }
  if (volume(part.count) == 0) return true;
  // Pieces of an axis are the same or apart, and so are boxes of them.
  const auto same = std::ranges::find(joined.parts, part.begin, &hdf5::SegmentPart::begin);
  if (same == joined.parts.end()) {
    joined.parts.push_back(std::move(part));
    return true;
  }
  if (dataset.is_scale ||
      hdf5::same_values(*segments_[same->segment].survey, *segments_[segment].survey, joined.path)) {
    return true;
  }
  if (is_statistics(joined.path)) return false;
  throw Error(ErrorCode::invalid_argument, joined.path + " has other values in " + in_quotes(segments_[segment].name) +
                                               " than in " + in_quotes(segments_[same->segment].name) +
                                               " for the same coordinates: which ones count?");
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
