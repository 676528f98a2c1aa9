#include "reader/read_sources.hpp"

#include <algorithm>
#include <utility>

#include <tessera/error.hpp>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "codec/decode.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

bool is_read_by_chunks(const schema::StoredField& stored) {
  return stored.storage.is_plain && codec::can_decode(stored.storage.filters);
}

std::int64_t place_on(const schema::StoredRun& run, const schema::Field& field, std::int64_t step) {
  return field.time_dependent ? run.place_of(field.time_axis, step).value_or(-1) : step;
}

}  // namespace

grid::ChunkGrid chunk_grid(const schema::Field& field) { return {field.shape(), field.chunk}; }

Box moved(Box box, const Index& cells) noexcept {
  for (std::size_t axis = 0; axis < cells.size(); ++axis) {
    box.lower[axis] += cells[axis];
    box.upper[axis] += cells[axis];
  }
  return box;
}

Box moved_back(Box box, const Index& cells) noexcept {
  for (std::size_t axis = 0; axis < cells.size(); ++axis) {
    box.lower[axis] -= cells[axis];
    box.upper[axis] -= cells[axis];
  }
  return box;
}

bool may_be_shown(const schema::StoredField& stored) noexcept {
  return stored.field.chunk.empty() && !stored.storage.is_plain;
}

ReadSources::ReadSources(const schema::StoredRun& run, ReadFile file,
                         std::optional<std::vector<hdf5::FieldParts>> parts)
    : run_(run), files_{std::move(file)} {
  knows_parts_ = parts || !std::ranges::any_of(run.fields, may_be_shown);
  if (parts) parts_ = std::move(*parts);
  parts_.resize(run.fields.size());
  for (std::size_t field = 0; field < run.fields.size(); ++field) {
    sources_.push_back({field, none, nullptr, Index::filled(run.fields[field].field.axes.size(), 0)});
  }
  for (std::size_t field = 0; field < run.fields.size(); ++field) {
    first_part_.push_back(sources_.size());
    for (const hdf5::FieldPart& part : parts_[field]) add_part(field, part);
  }
}

void ReadSources::add_part(std::size_t field, const hdf5::FieldPart& part) {
  Index origin = part.cells.lower;
  for (std::size_t axis = 0; axis < origin.size(); ++axis) origin[axis] -= part.source[axis];
  const std::size_t number = dataset_number(field, part);
  SourceDataset& dataset = datasets_[number];
  dataset.least_steps = std::max(dataset.least_steps, part.source_step + part.steps);
  const Index extents = part.cells.extents();
  for (std::size_t axis = 0; axis < origin.size(); ++axis) {
    dataset.least[axis] = std::max(dataset.least[axis], part.source[axis] + extents[axis]);
  }
  sources_.push_back({field, number, &part, origin});
}

std::size_t ReadSources::file_number(const std::string& name) {
  const auto [found, is_new] = numbers_.try_emplace(name, files_.size());
  if (is_new) files_.push_back({hdf5::segment_path(files_.front().path, name), 0});
  return found->second;
}

std::size_t ReadSources::dataset_number(std::size_t field, const hdf5::FieldPart& part) {
  const std::size_t file = file_number(part.file);
  for (std::size_t number = datasets_.size(); number-- > 0;) {
    const SourceDataset& one = datasets_[number];
    if (one.field != field) break;  // those of a field follow each other
    if (one.file == file && one.path == part.dataset) return number;
  }
  datasets_.push_back({file, field, part.dataset, 0, Index::filled(part.source.size(), 0), std::nullopt});
  return datasets_.size() - 1;
}

const schema::StoredField& ReadSources::stored(std::size_t source) const {
  const Source& one = sources_.at(source);
  return one.dataset == none ? run_.fields[one.field] : datasets_[one.dataset].stored.value();
}

const ReadFile& ReadSources::file(std::size_t source) const {
  const Source& one = sources_.at(source);
  return files_[one.dataset == none ? 0 : datasets_[one.dataset].file];
}

Box ReadSources::cells_of(const ChunkKey& key) const {
  return moved(chunk_grid(stored(key.source).field).cells_of(key.number), origin(key.source));
}

std::int64_t ReadSources::place_of(std::size_t source, std::int64_t step) const {
  const Source& one = sources_.at(source);
  const schema::Field& field = run_.fields[one.field].field;
  const std::int64_t place = place_on(run_, field, step);
  return one.part == nullptr || !field.time_dependent ? place : place - one.part->first_step + one.part->source_step;
}

std::string ReadSources::described(const ChunkKey& key, std::int64_t step) const {
  const std::string where = is_of_segment(key.source) ? " of " + in_quotes(file(key.source).path) : std::string();
  return schema::described(run_.fields[sources_.at(key.source).field].field) +
         (step < 0 ? std::string() : ", step " + std::to_string(step)) + ", chunk " + std::to_string(key.number) +
         " (the cells " + to_string(cells_of(key)) + ")" + where;
}

std::vector<ReadSources::Share> ReadSources::shares(const GetBox& asked, std::int64_t step) const {
  const schema::StoredField& stored = run_.fields.at(asked.field);
  const hdf5::FieldParts& parts = parts_[asked.field];
  if (parts.empty()) return {{asked.field, asked.box}};
  std::vector<Share> result;
  const std::int64_t place = place_on(run_, stored.field, step);
  for (std::size_t number = 0; number < parts.size(); ++number) {
    const hdf5::FieldPart& part = parts[number];
    if (stored.field.time_dependent && (place < part.first_step || place - part.first_step >= part.steps)) continue;
    const Box cells = intersection(asked.box, part.cells);
    if (!cells.empty()) result.push_back({first_part_[asked.field] + number, cells});
  }
  return result;
}

bool ReadSources::are_chunks(const GetBox& asked, std::int64_t step) const {
  if (parts_.at(asked.field).empty()) return is_read_by_chunks(run_.fields[asked.field]);
  std::int64_t cells = 0;
  for (const Share& share : shares(asked, step)) {
    if (!is_read_by_chunks(stored(share.source))) return false;
    cells = saturating_sum(cells, share.cells.volume());
  }
  return cells <= asked.box.volume();  // parts that overlap are not ours
}

std::vector<std::int64_t> ReadSources::unknown(std::span<const GetBox> boxes, std::int64_t step) const {
  std::vector<std::int64_t> result(datasets_.size());
  if (datasets_.empty()) return result;
  for (const GetBox& asked : boxes) {
    for (const Share& share : shares(asked, step)) {
      const std::size_t dataset = sources_[share.source].dataset;
      if (dataset != none && !datasets_[dataset].stored) result[dataset] = 1;
    }
  }
  return result;
}

}  // namespace tessera::detail
