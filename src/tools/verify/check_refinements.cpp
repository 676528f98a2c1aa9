#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tessera/error.hpp>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "grid/any_overlap.hpp"
#include "grid/nesting.hpp"
#include "schema/refinement.hpp"
#include "tools/verify/checks.hpp"
#include "tools/verify/stored_level.hpp"

/// \file
/// Refinements: boxes lie in their domain and in those of the level before, share no cells, and have as many as fields.

namespace tessera::tools {

namespace {

/// Of a series; 0 in steps that it has not got.
std::int64_t at(const std::vector<std::int64_t>& series, std::size_t step) {
  return step < series.size() ? series[step] : 0;
}

/// Whether all rows of a column are in the file: else a damaged length may say more than fit in memory.
bool has_all_rows(const hdf5::Survey& survey, const std::string& column) {
  using Storage = hdf5::SurveyedDataset::Storage;
  const hdf5::SurveyedDataset* dataset = survey.dataset(column);
  if (dataset == nullptr) return false;
  if (dataset->storage == Storage::chunked) return dataset->index.chunks.size() == dataset->grid.count();
  const hdf5::FileRange& bytes = dataset->bytes;
  const bool is_in_file = bytes.size > 0 && bytes.size <= survey.file().size();
  return dataset->storage == Storage::in_header || (dataset->storage == Storage::contiguous && is_in_file);
}

class Check {
 public:
  Check(const hdf5::Survey& survey, const schema::StoredRun& run, std::string name, VerifyReport& report)
      : survey_(survey), run_(run), name_(std::move(name)), report_(report) {}

  void look() {
    while (add_level()) {
    }
    for (std::size_t step = 0; step < run_.times.size(); ++step) {
      if (is_without_fields(step)) continue;
      for (std::size_t level = 0; level < levels_.size(); ++level) look_at(step, level);
      first_ = false;
    }
  }

 private:
  void tell(std::size_t level, std::optional<std::size_t> step, std::string text) {
    std::optional<std::int64_t> number;
    if (step) number = static_cast<std::int64_t>(*step);
    report_.add({Finding::Kind::boxes, levels_[level].box->field.path, number, {}, {}, std::move(text)});
  }

  /// \return whether there is one more, of which the steps can be looked at
  bool add_level() {
    std::optional<StoredLevel> level = stored_level(run_, name_, static_cast<int>(levels_.size()));
    if (!level) return false;
    levels_.push_back(std::move(*level));
    seen_.emplace_back();
    const std::size_t number = levels_.size() - 1;
    const std::string wrong = what_is_wrong(levels_.back(), number > 0 ? &levels_[number - 1] : nullptr);
    if (wrong.empty()) return true;
    tell(number, {}, wrong);
    levels_.pop_back();
    return false;
  }

  /// It has no boxes either; those of the next step may be the ones that were looked at last.
  bool is_without_fields(std::size_t step) const {
    return std::ranges::all_of(levels_, [&](const StoredLevel& level) {
      return at(level.boxes.counts, step) == 0 && at(level.cells.counts, step) == 0;
    });
  }

  /// Boxes that stay, on this level and the one before, are looked at once.
  void look_at(std::size_t step, std::size_t number) {
    const StoredLevel& level = levels_[number];
    const std::int64_t begin = at(level.boxes.begins, step), count = at(level.boxes.counts, step);
    const std::int64_t cells = at(level.cells.counts, step);
    Seen& seen = seen_[number];
    const bool stays = !first_ && begin == seen.begin && count == seen.count && !changed_before(number);
    seen.changed = !stays;
    if (!stays) {
      seen.begin = begin;
      seen.count = count;
      seen.is_sound = read(step, number) && are_sound(step, number);
    }
    if (seen.is_readable && seen.cells != cells) {
      tell(number, step,
           counted(count, "box", "boxes") + " with " + counted(seen.cells, "cell", "cells") + ", and fields have " +
               std::to_string(cells));
    }
  }

  static std::string counted(std::int64_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
  }

  bool changed_before(std::size_t number) const { return number > 0 && seen_[number - 1].changed; }

  /// \return whether there are boxes that further questions can be asked of
  bool read(std::size_t step, std::size_t number) {
    const StoredLevel& level = levels_[number];
    Seen& seen = seen_[number];
    seen.boxes.clear();
    seen.cells = 0;
    // Else check_rows tells, or check_runs that chunks are missing.
    seen.is_readable = seen.begin + seen.count <= level.box->field.axes.front().length &&
                       (seen.count == 0 || has_all_rows(survey_, level.box->field.path));
    if (!seen.is_readable) return false;
    const std::size_t axes = level.domain.size();
    std::vector<std::int64_t> stored(2 * axes * static_cast<std::size_t>(seen.count));
    if (seen.count > 0) {
      try {
        survey_.read_box(*level.box, -1, {{seen.begin}, {seen.begin + seen.count}}, DataType::int64, stored.data());
      } catch (const Error&) {  // a chunk that is damaged, which is told where chunks are looked at
        return seen.is_readable = false;
      }
    }
    for (std::size_t first = 0; first < stored.size(); first += 2 * axes) {
      if (!schema::is_box_in(level.domain, stored.data() + first)) {
        tell(number, step,
             "box " + std::to_string(seen.boxes.size()) + ", x first " + list_of(stored.data() + first, axes) +
                 ", has no cells, or some outside the domain " + to_string(level.domain));
        return seen.is_readable = false;
      }
      const Box box = schema::box_of(stored.data() + first, axes);
      seen.cells = saturating_sum(seen.cells, box.volume());
      seen.boxes.push_back(box);
    }
    return true;
  }

  /// As the file has it, which may be any numbers.
  static std::string list_of(const std::int64_t* stored, std::size_t axes) {
    return to_string(Index(stored, stored + 2 * axes));
  }

  static std::string named(std::size_t number, const Box& box) {
    return "box " + std::to_string(number) + ", " + to_string(box) + ",";
  }

  bool are_sound(std::size_t step, std::size_t number) {
    const StoredLevel& level = levels_[number];
    const std::vector<Box>& boxes = seen_[number].boxes;
    if (const auto found = grid::any_overlap(boxes)) {
      tell(number, step,
           named(found->first, boxes[found->first]) + " and " + named(found->second, boxes[found->second]) +
               " share the cells " + to_string(intersection(boxes[found->first], boxes[found->second])));
      return false;
    }
    return number == 0 ? fill_domain(step, level) : are_nested(step, number);
  }

  bool fill_domain(std::size_t step, const StoredLevel& level) {
    const Seen& seen = seen_.front();
    const std::int64_t all = Box::at(Index::filled(level.domain.size(), 0), level.domain).volume();
    if (seen.cells == all || seen.count == 0) return true;
    tell(0, step,
         "its boxes have " + std::to_string(seen.cells) + " of the domain's " + std::to_string(all) +
             " cells, which they have to fill");
    return true;
  }

  bool are_nested(std::size_t step, std::size_t number) {
    const StoredLevel& level = levels_[number];
    std::vector<Box> coarser = seen_[number].boxes;
    for (std::size_t i = 0; i < coarser.size(); ++i) {
      const Box& box = seen_[number].boxes[i];
      coarser[i] = schema::coarsened(box, level.ratio);
      for (std::size_t axis = 0; axis < level.ratio.size(); ++axis) {
        if (box.lower[axis] % level.ratio[axis] == 0 && box.upper[axis] % level.ratio[axis] == 0) continue;
        tell(number, step,
             named(i, box) + " cuts cells of level " + std::to_string(number - 1) + ": the ratio is " +
                 schema::ratio_text(level.ratio));
        return false;
      }
    }
    const Seen& before = seen_[number - 1];
    if (!before.is_sound) return true;
    const auto found = grid::find_uncovered(coarser, before.boxes);
    if (!found) return true;
    tell(number, step,
         named(*found, seen_[number].boxes[*found]) + " is not inside the boxes of level " +
             std::to_string(number - 1));
    return true;
  }

  /// What a level had when it was looked at last.
  struct Seen {
    std::int64_t begin = 0;
    std::int64_t count = 0;
    std::int64_t cells = 0;  ///< in its boxes
    std::vector<Box> boxes;
    bool is_readable = false;  ///< all boxes are known
    bool is_sound = false;     ///< and share no cells
    bool changed = false;      ///< in this step
  };

  const hdf5::Survey& survey_;
  const schema::StoredRun& run_;
  std::string name_;
  VerifyReport& report_;
  std::vector<StoredLevel> levels_;
  std::vector<Seen> seen_;
  bool first_ = true;
};

}  // namespace

void check_refinements(const hdf5::Survey& survey, const schema::StoredRun& run, VerifyReport& report) {
  for (const schema::StoredField& stored : run.fields) {
    const auto found = std::ranges::find(stored.field.attributes, schema::refinement_name, &Attribute::name);
    if (found == stored.field.attributes.end()) continue;
    const auto* name = std::get_if<std::string>(&found->value.storage());
    if (name == nullptr || stored.field.name != schema::box_column(*name, 0)) continue;
    Check(survey, run, *name, report).look();
  }
}

bool has_boxes(const schema::StoredRun& run, const std::string& table) {
  return std::ranges::any_of(run.fields, [&](const schema::StoredField& column) {
    return column.field.table == table && std::ranges::find(column.field.attributes, schema::refinement_name,
                                                            &Attribute::name) != column.field.attributes.end();
  });
}

}  // namespace tessera::tools
