#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "base/visit_element.hpp"
#include "schema/time_axis.hpp"
#include "segments/join_plan.hpp"

/// \file
/// Which place segments have on the axes of what is joined.

namespace tessera::segments {

namespace {

using hdf5::SurveyedDataset;

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

}  // namespace

/// Of a scale, itself.
std::vector<std::string> JoinPlan::scales_of(std::size_t segment, const SurveyedDataset& dataset) const {
  if (dataset.is_scale) return {dataset.path};
  return segments_[segment].survey->scale_paths(dataset);
}

/// Whether it is a time axis beside `time`.
bool JoinPlan::has_some_steps(const std::string& scale) const {
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    const SurveyedDataset* dataset = in(segment, scale);
    if (dataset != nullptr && std::ranges::count(dataset->attributes, schema::steps_among, &Attribute::name) > 0)
      return true;
  }
  return false;
}

const Pieces& JoinPlan::pieces(const std::string& scale) {
  const auto found = pieces_.find(scale);
  if (found != pieces_.end()) return found->second;
  std::vector<Coordinates> of;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) of.push_back(coordinates(segment, scale));
  const bool is_time = scale.ends_with("/time");
  if (has_some_steps(scale)) keep_counted(scale, of);
  if (is_time) number_places(scale, of);
  Pieces result = pieces_of(scale, of, later_wins_ && is_time);
  for (std::size_t segment = 0; is_time && !later_wins_ && segment < of.size(); ++segment) {
    if (result.count[segment] == of[segment].length) continue;
    note(scale + " of " + in_quotes(of[segment].file) +
         " has more steps than other segments: those behind are left out");
  }
  if (!is_time && !result.gap.empty()) note(scale + " has a gap " + result.gap + ": is a segment missing?");
  return pieces_.emplace(scale, std::move(result)).first->second;
}

/// By the pieces that each segment has of the other axes of the group.
void JoinPlan::number_places(const std::string& time, std::vector<Coordinates>& of) {
  const std::string group = time.substr(0, time.rfind('/') + 1);
  std::map<std::string, std::size_t> numbers;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    std::string place;
    for (const auto& [path, dataset] : by_path_[segment]) {
      const bool is_axis = dataset->is_scale && path != time && path.starts_with(group) && !has_some_steps(path) &&
                           table_with(path, schema::rows_name) == nullptr;
      if (!is_axis || path.find('/', group.size()) != std::string::npos) continue;
      place += path + " " + std::to_string(pieces(path).begin[segment]) + "\n";
    }
    of[segment].place = numbers.emplace(place, numbers.size()).first->second;
  }
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

}  // namespace tessera::segments
