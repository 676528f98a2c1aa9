#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/keep.hpp"
#include "comm/node.hpp"
#include "pack/pack.hpp"
#include "reader/state.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

/// Does the memory lie as HDF5 fills it?
bool is_contiguous(const GetBox& asked) {
  const auto has_layers = [](const Index& widths) {
    return std::ranges::any_of(widths, [](auto width) { return width != 0; });
  };
  return asked.target.parts.empty() && asked.target.strides == row_major_strides(asked.target.extents) &&
         !has_layers(asked.target.halo.low) && !has_layers(asked.target.halo.high);
}

/// What a rank says of its part; it counts where all say so.
constexpr std::uint64_t no_places = 1;
constexpr std::uint64_t same_boxes = 2;     ///< as of the last read
constexpr std::uint64_t known_sources = 4;  ///< all datasets of segments that they are read of
constexpr std::uint64_t known_parts = 8;    ///< which fields are shown of segments

}  // namespace

void ReaderState::read(ReadStep& step) {
  require_open("StoredStep::read");
  std::optional<Error> failure = std::exchange(step.noted, std::nullopt);
  std::vector<GetBox> boxes = std::exchange(step.boxes, {});
  std::vector<GetPlaces> places = std::exchange(step.places, {});
  const std::vector<DeviceTarget> devices = std::exchange(step.devices, {});
  std::string what;
  std::uint64_t flags = places.empty() ? no_places : 0;
  attempt(failure, [&] {
    what = "read of " + step_text(run(step.run), step.number);
    use_run(step.run);
    if (places.empty() && prepared_ == layout_of(step, boxes)) flags |= same_boxes;
    if (sources_->knows_parts()) flags |= known_parts;
    if (sources_->knows_parts() && (sources_->datasets().empty() || (places.empty() && knows_sources(step, boxes))))
      flags |= known_sources;
  });
  flags = agree("StoredStep::read", std::move(what), std::move(failure), flags);
  const bool none = (flags & no_places) != 0;
  std::optional<PlaceReads> place_reads;
  if (!none) place_reads.emplace(comm_, run(step.run), step.number, std::move(places), boxes);
  if ((flags & known_parts) == 0) learn_parts();
  if ((flags & known_sources) == 0) learn_sources(step, boxes);
  failure = std::nullopt;
  attempt(failure, [&] { read_by_hdf5(step, boxes); });
  const std::vector<DeviceTarget> later;  // with single values, when these are there
  read_chunks(step, boxes, none ? devices : later, (flags & same_boxes) != 0, std::move(failure));
  if (none) return;
  failure = std::nullopt;
  place_reads->hand_out();
  attempt(failure, [&] {
    for (const DeviceTarget& device : devices) device.hand_over();
  });
  comm::conclude(comm_, "reading", failure);
}

void ReaderState::read_alone(ReadStep& step) {
  require_open("StoredStep::read_alone");
  const std::optional<Error> failure = std::exchange(step.noted, std::nullopt);
  const std::vector<GetBox> boxes = std::exchange(step.boxes, {});
  const std::vector<GetPlaces> places = std::exchange(step.places, {});
  const std::vector<DeviceTarget> devices = std::exchange(step.devices, {});
  if (failure) throw *failure;
  if (!places.empty()) {
    throw Error(ErrorCode::wrong_order, "StoredStep::get_at takes all ranks; call read() on each, or ask for boxes");
  }
  const schema::StoredRun& run = this->run(step.run);
  in_context("reading " + step_text(run, step.number) + " alone", [&] {
    use_run(step.run);
    learn_alone(step, boxes);
    read_by_hdf5(step, boxes);
    const auto find_chunk = [&](const ChunkKey& key) { return find(step, key); };
    hdf5_file();
    ChunkReads reads(comm_, std::max<std::size_t>(1, options_.threads));
    ReadPlan plan = make_plan_alone(wanted_pieces(*sources_, boxes, step.number), find_chunk, comm_.rank());
    const ReadJob job = prepare(reads, step, boxes, std::move(plan));
    std::optional<Error> damage;
    reads.read(job, damage);
    if (damage) throw *damage;
    for (const DeviceTarget& device : devices) device.hand_over();
  });
}

FieldStatistics ReaderState::statistics(std::size_t number, const std::string& field) {
  require_open("StoredRun::statistics");
  const schema::StoredRun& stored = run(number);
  const schema::StatisticsTable* table = stored.statistics_of(field);
  if (table == nullptr) return {};
  return in_context("reading the statistics of field " + in_quotes(field) + " of " + stored.described(), [&] {
    return hdf5_file().statistics(*table, field, std::ssize(stored.times_of(table->time_axis)));
  });
}

/// Where the step is on the field's time axis, which has it: get() has looked.
std::int64_t ReaderState::place_on(const ReadStep& step, const schema::Field& field) const {
  return field.time_dependent ? run(step.run).place_of(field.time_axis, step.number).value_or(-1) : step.number;
}

/// What is not read by chunks.
void ReaderState::read_by_hdf5(const ReadStep& step, const std::vector<GetBox>& boxes) {
  for (const GetBox& asked : boxes) {
    if (sources_->are_chunks(asked, step.number)) {
      fill_gaps(step, asked);
    } else {
      read_box(step, asked);
    }
  }
}

void ReaderState::read_box(const ReadStep& step, const GetBox& asked) {
  if (asked.box.empty()) return;
  const schema::StoredField& stored = run(step.run).fields[asked.field];
  const schema::Field& field = stored.field;
  const DataType type = asked.target.type;
  if (is_contiguous(asked)) {
    hdf5_file().read(stored, place_on(step, field), asked.box, type, const_cast<void*>(asked.target.data));
    return;
  }
  const Index extents = asked.box.extents();
  const std::int64_t bytes = bytes_of(extents, field.components * static_cast<std::int64_t>(size_of(type)));
  buffer_.resize(std::max(buffer_.size(), static_cast<std::size_t>(bytes)));
  hdf5_file().read(stored, place_on(step, field), asked.box, type, buffer_.data());
  each_spread_job(field, asked, asked.box, buffer_.data(), type, row_major_strides(extents),
                  [](const pack::PackJob& job, std::size_t) { pack::pack(job); });
}

/// As much as Options::memory_budget says of writing.
std::size_t ReaderState::memory_for(const schema::StoredRun& run, const std::vector<GetBox>& boxes) const {
  if (options_.memory_budget != 0) return options_.memory_budget;
  std::int64_t bytes = 0;
  for (const GetBox& asked : boxes) {
    bytes = saturating_sum(bytes, bytes_of(asked.box.extents(), run.fields[asked.field].field.cell_bytes()));
  }
  constexpr std::int64_t least = std::int64_t{64} << 20;
  return static_cast<std::size_t>(std::max(least, bytes / 4));
}

/// Where chunks lie is asked of HDF5 on rank 0 alone. When a writer changes a tree under it there is a newer one, in
/// which the chunk of a committed step lies where it did.
std::optional<hdf5::PlacedChunk> ReaderState::find(const ReadStep& step, const ChunkKey& key) {
  const schema::StoredField& stored = sources_->stored(key.source);
  const std::int64_t place = sources_->place_of(key.source, step.number);
  const Index first = chunk_grid(stored.field).cells_of(key.number).lower;
  const bool is_segment = sources_->is_of_segment(key.source);
  for (int left = 3;; --left) {
    try {
      if (!is_segment) return file_->find(stored, place, first);
      return segments_.open(sources_->file(key.source), left < 3).find(stored, place, first);
    } catch (const Error& error) {
      const bool is_current = is_segment ? segments_.is_current(sources_->file(key.source)) : file_->is_current();
      if (left == 0 || is_current) throw about(sources_->described(key, step.number), error);
    }
    if (!is_segment) hdf5_file();
  }
}

/// What the chunks that this rank reads take.
ReadJob ReaderState::prepare(ChunkReads& reads, const ReadStep& step, const std::vector<GetBox>& boxes, ReadPlan plan) {
  const ReadJob job = job_of(step, boxes);
  reads.prepare(*sources_, std::move(plan), memory_for(sources_->run(), boxes));
  return job;
}

ReadJob ReaderState::job_of(const ReadStep& step, const std::vector<GetBox>& boxes) {
  return {sources_.get(), step.number, boxes, comm_.rank(), &files_};
}

ReadLayout ReaderState::layout_of(const ReadStep& step, const std::vector<GetBox>& boxes) const {
  ReadLayout layout{step.run, step.number >= 0, {}};
  for (const GetBox& asked : boxes) {
    const schema::StoredField& stored = run(step.run).fields[asked.field];
    auto& part = layout.parts.emplace_back(
        ReadLayout::Part{asked.field, asked.box, stored.field.shape(), stored.field.chunk, {}});
    for (const ReadSources::Share& share : sources_->shares(asked, step.number)) part.sources.push_back(share.source);
  }
  return layout;
}

/// Collective. A plan that cannot be made is no one's.
void ReaderState::make_plan(const ReadStep& step, const std::vector<GetBox>& boxes, std::optional<Error>& failure) {
  prepared_.reset();
  std::vector<WantedPiece> wanted;
  attempt_unless(failure, [&] {
    if (!chunk_reads_) chunk_reads_ = std::make_shared<ChunkReads>(comm_, threads_);
    wanted = wanted_pieces(*sources_, boxes, step.number);
    if (comm_.rank() == 0) hdf5_file();
  });
  const auto find_chunk = [&](const ChunkKey& key) { return find(step, key); };
  ReadPlan plan = make_read_plan(comm_, *sources_, std::move(wanted), find_chunk, failure);
  attempt_unless(failure, [&] {
    prepare(*chunk_reads_, step, boxes, std::move(plan));
    prepared_ = layout_of(step, boxes);
  });
}

/// \param is_prepared on all ranks: there is a plan for these boxes, of another step
void ReaderState::read_chunks(const ReadStep& step, const std::vector<GetBox>& boxes,
                              const std::vector<DeviceTarget>& devices, bool is_prepared,
                              std::optional<Error> failure) {
  segments_.begin_read();
  if (threads_ == 0) {
    const auto share = static_cast<std::size_t>(comm::processors_per_rank(comm_));
    threads_ = options_.threads != 0 ? options_.threads : share;
  }
  if (is_prepared) {
    attempt_unless(failure, [&] {
      if (comm_.rank() == 0) hdf5_file();
    });
    renew(
        chunk_reads_->plan(), comm_, [&](const ChunkKey& key) { return find(step, key); }, failure);
  } else {
    make_plan(step, boxes, failure);
  }
  ReadJob job;
  attempt_unless(failure, [&] { job = job_of(step, boxes); });
  comm::conclude(comm_, "preparing to read", failure);
  try {
    chunk_reads_->read(job, failure);
  } catch (...) {
    comm::keep_forever(std::move(chunk_reads_));  // MPI may still use its memory
    prepared_.reset();
    throw;
  }
  attempt_unless(failure, [&] {
    for (const DeviceTarget& device : devices) device.hand_over();
  });
  comm::conclude(comm_, "reading", failure);
}

}  // namespace tessera::detail
