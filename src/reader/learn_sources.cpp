#include <algorithm>
#include <string>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/exchange.hpp"
#include "pack/pack.hpp"
#include "reader/state.hpp"

/// \file
/// What is known of the segments that a file shows: rank 0 looks at a dataset when some rank wants cells of it for the
/// first time, and tells all.

namespace tessera::detail {

/// Local. What was known of another run's segments is forgotten.
void ReaderState::use_run(std::size_t number) {
  if (sources_ && &sources_->run() == &run(number)) return;
  sources_ = std::make_unique<ReadSources>(run(number), ReadFile{path_, inode_}, std::nullopt);
  if (!sources_->knows_parts()) prepared_.reset();
}

/// Of each field of the run.
std::vector<hdf5::FieldParts> ReaderState::look_at_parts() {
  std::vector<hdf5::FieldParts> parts;
  hdf5::SegmentFile& file = segments_.open({path_, inode_}, true);
  for (const schema::StoredField& stored : sources_->run().fields) {
    parts.push_back(may_be_shown(stored) ? file.parts(stored.field) : hdf5::FieldParts());
  }
  return parts;
}

void ReaderState::take_parts(std::vector<hdf5::FieldParts>&& parts) {
  sources_ = std::make_unique<ReadSources>(sources_->run(), ReadFile{path_, inode_}, std::move(parts));
}

/// Collective.
void ReaderState::learn_parts() {
  std::optional<Error> failure;
  std::string bytes;
  if (comm_.rank() == 0) attempt(failure, [&] { bytes = hdf5::to_bytes(look_at_parts()); });
  comm::conclude(comm_, "looking for segments", failure);
  bytes = comm::broadcast_text(comm_, 0, bytes, failure);
  attempt_unless(failure, [&] { take_parts(hdf5::field_parts_of(bytes)); });
  comm::conclude(comm_, "looking for segments", failure);
}

bool ReaderState::knows_sources(const ReadStep& step, const std::vector<GetBox>& boxes) const {
  return std::ranges::max(sources_->unknown(boxes, step.number)) == 0;
}

/// Collective. What cannot be read is the same error on all ranks.
void ReaderState::learn_sources(const ReadStep& step, const std::vector<GetBox>& boxes) {
  std::optional<Error> failure;
  std::vector<std::int64_t> wanted;
  attempt(failure, [&] { wanted = sources_->unknown(boxes, step.number); });
  wanted = comm::max_over_ranks(comm_, std::move(wanted), std::exchange(failure, std::nullopt));
  if (wanted.empty() || std::ranges::max(wanted) == 0) return;
  std::string bytes;
  schema::Contents found;
  if (comm_.rank() == 0) {
    attempt(failure, [&] {
      found = look_at_sources(wanted);
      bytes = schema::to_bytes(found);
    });
  }
  comm::conclude(comm_, "looking at segments", failure);
  bytes = comm::broadcast_text(comm_, 0, bytes, failure);
  attempt_unless(failure, [&] {
    if (comm_.rank() != 0) found = schema::contents_of(bytes);
    take_sources(wanted, std::move(found));
  });
  comm::conclude(comm_, "looking at segments", failure);
}

void ReaderState::learn_alone(const ReadStep& step, const std::vector<GetBox>& boxes) {
  if (!sources_->knows_parts()) take_parts(look_at_parts());
  const std::vector<std::int64_t> wanted = sources_->unknown(boxes, step.number);
  take_sources(wanted, look_at_sources(wanted));
}

/// Each that is wanted as the only field of a run, whose `others` are its file's path and number.
schema::Contents ReaderState::look_at_sources(const std::vector<std::int64_t>& wanted) {
  segments_.begin_read();
  schema::Contents found;
  for (std::size_t number = 0; number < wanted.size(); ++number) {
    if (wanted[number] == 0) continue;
    const SourceDataset& dataset = sources_->datasets()[number];
    ReadFile file = sources_->files()[dataset.file];
    schema::StoredField stored = look_at(segments_, sources_->run().fields[dataset.field].field, dataset, file);
    schema::StoredRun& run = found.runs.emplace_back();
    run.fields.push_back(std::move(stored));
    run.others = {file.path, std::to_string(file.inode)};
  }
  return found;
}

void ReaderState::take_sources(const std::vector<std::int64_t>& wanted, schema::Contents&& found) {
  std::size_t next = 0;
  for (std::size_t number = 0; number < wanted.size(); ++number) {
    if (wanted[number] == 0) continue;
    schema::StoredRun& run = found.runs.at(next++);
    SourceDataset& dataset = sources_->datasets()[number];
    sources_->files()[dataset.file] = {run.others.at(0), std::stoull(run.others.at(1))};
    dataset.stored = std::move(run.fields.at(0));
  }
}

/// What no segment has reads the field's fill value.
void ReaderState::fill_gaps(const ReadStep& step, const GetBox& asked) const {
  std::int64_t cells = 0;
  for (const ReadSources::Share& share : sources_->shares(asked, step.number)) cells += share.cells.volume();
  if (cells == asked.box.volume()) return;
  const schema::StoredField& stored = run(step.run).fields[asked.field];
  const std::vector<std::byte>& fill = stored.storage.fill;
  std::vector<std::byte> cell;
  for (std::int64_t component = 0; component < stored.field.components; ++component) {
    cell.insert(cell.end(), fill.begin(), fill.end());
  }
  each_spread_job(stored.field, asked, asked.box, cell.data(), stored.field.stored, Index::filled(asked.box.rank(), 0),
                  [](const pack::PackJob& job, std::size_t) { pack::pack(job); });
}

}  // namespace tessera::detail
