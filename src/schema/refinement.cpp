#include "schema/refinement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <tessera/error.hpp>

#include "base/refuse.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"

namespace tessera::schema {

namespace {

constexpr int most_levels = 30;

/// One value per axis.
std::vector<double> lengths_per_axis(const std::string& what, const char* option, std::vector<double> values,
                                     std::size_t axes, double missing) {
  if (values.empty()) values.assign(1, missing);
  if (values.size() == 1) values.assign(axes, values.front());
  if (values.size() != axes) {
    refuse(what + ": RefinementOptions::" + option + " has " + std::to_string(values.size()) + " values for " +
           std::to_string(axes) + " axes; give one per axis, or one for all");
  }
  for (const double value : values) {
    if (!std::isfinite(value)) refuse(what + ": RefinementOptions::" + option + " has a value that is not finite");
  }
  return values;
}

void check_counts(const std::string& what, const RefinementOptions& options) {
  if (options.cells.size() < 2 || options.cells.size() > 3)
    refuse(what + ": RefinementOptions::cells is " + to_string(options.cells) + "; give the cells along 2 or 3 axes");
  for (const std::int64_t cells : options.cells) {
    if (cells < 1) refuse(what + ": RefinementOptions::cells is " + to_string(options.cells) + "; give 1 or more");
  }
  if (options.levels < 1 || options.levels > most_levels) {
    refuse(what + ": RefinementOptions::levels is " + std::to_string(options.levels) + "; give 1 to " +
           std::to_string(most_levels) + ", level 0 among them");
  }
  if (options.chunk_cells < 0) {
    refuse(what + ": RefinementOptions::chunk_cells is " + std::to_string(options.chunk_cells) +
           "; give 1 or more, or 0 to have it chosen");
  }
}

std::vector<int> ratios(const std::string& what, const RefinementOptions& options) {
  const auto finer = static_cast<std::size_t>(options.levels - 1);
  std::vector<int> ratio = options.ratio;
  if (ratio.size() != 1 && ratio.size() != finer) {
    refuse(what + ": RefinementOptions::ratio has " + std::to_string(ratio.size()) + " values for " +
           std::to_string(finer) + " levels above level 0; give one per level, or one for all");
  }
  for (const int one : ratio) {
    if (one < 2) refuse(what + ": RefinementOptions::ratio has the value " + std::to_string(one) + "; give 2 or more");
  }
  ratio.resize(finer, ratio.empty() ? 2 : ratio.front());
  return ratio;
}

/// Of each level above 0, per axis.
std::vector<Index> axis_ratios(const std::string& what, const RefinementOptions& options) {
  const std::size_t axes = options.cells.size();
  std::vector<Index> all;
  if (options.axis_ratios.empty()) {
    for (const int one : ratios(what, options)) all.push_back(Index::filled(axes, one));
    return all;
  }
  const std::string option = what + ": RefinementOptions::axis_ratios has ";
  const auto finer = static_cast<std::size_t>(options.levels - 1);
  all = options.axis_ratios;
  if (options.ratio != RefinementOptions{}.ratio)
    refuse(what + ": RefinementOptions::ratio and axis_ratios are both given; give one of them");
  if (all.size() != 1 && all.size() != finer) {
    refuse(option + std::to_string(all.size()) + " lists for " + std::to_string(finer) +
           " levels above level 0; give one per level, or one for all");
  }
  for (const Index& one : all) {
    if (one.size() != axes)
      refuse(option + to_string(one) + " for " + std::to_string(axes) + " axes; give one value per axis");
    if (std::ranges::min(one) < 1 || std::ranges::max(one) < 2)
      refuse(option + to_string(one) + "; give 1 or more for each axis, and 2 or more for some");
  }
  all.resize(finer, all.front());
  return all;
}

bool is_uniform(const Index& ratio) { return std::ranges::min(ratio) == std::ranges::max(ratio); }

template <class Range>
auto reversed(const Range& values) {
  using Value = std::remove_cvref_t<decltype(*values.begin())>;
  std::vector<Value> result(values.begin(), values.end());
  std::ranges::reverse(result);
  return result;
}

/// One number where all axes have the same.
AttributeValue stored_ratio(const Index& ratio) {
  return is_uniform(ratio) ? AttributeValue(ratio[0]) : AttributeValue(reversed(ratio));
}

}  // namespace

std::string level_name(const std::string& name, int level) { return name + "_level" + std::to_string(level); }
std::string cells_table(const std::string& name, int level) { return level_name(name, level) + "_cells"; }
std::string boxes_table(const std::string& name, int level) { return level_name(name, level) + "_boxes"; }
std::string box_column(const std::string& name, int level) { return level_name(name, level) + "_box"; }
std::string name_without_level(const std::string& name, int level) {
  const std::string ending = level_name("", level);
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

RefinementOptions completed(const std::string& what, const RefinementOptions& options) {
  check_counts(what, options);
  RefinementOptions all = options;
  all.axis_ratios = axis_ratios(what, options);
  all.spacing = lengths_per_axis(what, "spacing", options.spacing, options.cells.size(), 1);
  all.origin = lengths_per_axis(what, "origin", options.origin, options.cells.size(), 0);
  for (const double edge : all.spacing) {
    if (!(edge > 0)) refuse(what + ": RefinementOptions::spacing has a value that is not positive");
  }
  return all;
}

namespace {

void check_size(const std::string& what, int level, const Index& cells) {
  std::int64_t all = 1;
  for (const std::int64_t one : cells) all = saturating_product(all, one);
  if (all < std::numeric_limits<std::int64_t>::max()) return;
  refuse(what + ": level " + std::to_string(level) + " has 2^63 cells or more; " +
         (level == 0 ? "make RefinementOptions::cells smaller" : "declare fewer levels"));
}

}  // namespace

std::vector<RefinementLevel> levels_of(const std::string& what, const RefinementOptions& options) {
  const std::size_t axes = options.cells.size();
  std::vector<RefinementLevel> levels{{options.cells, Index::filled(axes, 1), options.spacing}};
  check_size(what, 0, options.cells);
  for (int level = 1; level < options.levels; ++level) {
    RefinementLevel finer = levels.back();
    finer.ratio = options.axis_ratios[static_cast<std::size_t>(level - 1)];
    for (std::size_t axis = 0; axis < axes; ++axis) {
      finer.cells[axis] = saturating_product(finer.cells[axis], finer.ratio[axis]);
      finer.spacing[axis] /= static_cast<double>(finer.ratio[axis]);
    }
    check_size(what, level, finer.cells);
    levels.push_back(std::move(finer));
  }
  return levels;
}

Attributes attributes_of(const std::string& name, const RefinementOptions& options, int level,
                         const RefinementLevel& described) {
  Attributes attributes{
      {refinement_name, name},
      {refinement_level, level},
      {refinement_ratio, stored_ratio(described.ratio)},
      {domain_cells, reversed(described.cells)},
      {domain_origin, reversed(options.origin)},
      {cell_size, reversed(described.spacing)},
  };
  if (!options.unit.empty()) attributes.push_back({"length_unit", options.unit});
  return attributes;
}

std::string ratio_text(const Index& ratio) {
  return is_uniform(ratio) ? std::to_string(ratio[0]) : to_string(ratio) + " along the axes";
}

Box coarsened(const Box& box, const Index& ratio) {
  Box coarser = box;
  for (std::size_t axis = 0; axis < ratio.size(); ++axis) {
    coarser.lower[axis] /= ratio[axis];
    coarser.upper[axis] /= ratio[axis];
  }
  return coarser;
}

std::vector<std::int64_t> stored_box(const Box& box) {
  std::vector<std::int64_t> stored;
  for (std::size_t axis = box.rank(); axis-- > 0;) {
    stored.push_back(box.lower[axis]);
    stored.push_back(box.upper[axis] - 1);
  }
  return stored;
}

bool is_box_in(const Index& domain, const std::int64_t* stored) noexcept {
  for (std::size_t axis = domain.size(); axis-- > 0; stored += 2) {
    if (stored[0] < 0 || stored[0] > stored[1] || stored[1] >= domain[axis]) return false;
  }
  return true;
}

Box box_of(const std::int64_t* stored, std::size_t axes) {
  Box box;
  for (std::size_t axis = axes; axis-- > 0;) {
    box.lower.push_back(stored[2 * axis]);
    box.upper.push_back(stored[2 * axis + 1] + 1);
  }
  return box;
}

}  // namespace tessera::schema
