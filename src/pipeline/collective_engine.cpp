#include "pipeline/collective_engine.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/node.hpp"
#include "pipeline/node_output.hpp"
#include "pipeline/pack_field.hpp"
#include "storage/directory.hpp"

namespace tessera::pipeline {

namespace {

/// What rank 0 says of the file.
constexpr std::uint64_t intact = 0;
constexpr std::uint64_t damaged = 1;

std::size_t bytes_of(const FieldData& data, const PackedField& packed) {
  std::int64_t cells = 0;
  for (const Box& box : packed.boxes) cells += box.volume();
  return static_cast<std::size_t>(cells * data.field->cell_bytes());
}

void summarise(const FieldData& data, const PackedField& packed, std::span<pack::Summary> summaries) {
  if (summaries.empty() || packed.data == nullptr) return;
  const std::size_t bytes = bytes_of(data, packed);
  const std::byte* fill = data.field->fill ? data.field->fill->data() : nullptr;
  pack::summarise(data.field->stored, {static_cast<const std::byte*>(packed.data), bytes}, fill, summaries);
}

}  // namespace

void CollectiveEngine::open() {
  stripe();
  comm::confirm(comm_);
  std::optional<Error> failure;
  attempt(failure, [&] { file_.emplace(comm_, place_.path, hints_); });
  if (comm_.rank() == 0) attempt(failure, [&] { change_detector_.emplace(place_); });
  comm::conclude(comm_, "creating the file", failure);
}

/// Hints by which MPI-IO creates the file, where nobody gave others: rank 0's, since all have to be the same.
/// Collective.
void CollectiveEngine::stripe() {
  std::optional<Error> failure;
  storage::Striping striping;
  storage::FileSystem system;
  attempt(failure, [&] {
    writers_per_node();  // HDF5 writes: it is only checked
    if (comm_.rank() == 0) system = storage::file_system_of(storage::directory_of(place_.path));
  });
  const comm::Outcome outcome = comm::try_conclude(comm_, "opening", failure, 0, system.name == "Lustre" ? 1 : 0);
  if (outcome.error) throw *outcome.error;
  if (outcome.from_root == 0) return;
  const int ranks = comm::query_own_node(comm_).ranks;
  const int nodes = (comm_.size() + ranks - 1) / ranks;
  if (comm_.rank() == 0) attempt(failure, [&] { striping = striping_of(system, place_.path, comm_.size(), nodes); });
  comm::conclude(comm_, "opening", failure);
  stripes_ = comm::broadcast(comm_, 0, striping.count);
  attempt(failure, [&] {
    const auto add = [&](const char* key, std::uint64_t value) {
      if (std::ranges::find(hints_, key, [](const auto& hint) { return hint.first; }) != hints_.end()) return;
      hints_.emplace_back(key, std::to_string(value));
    };
    if (stripes_ == 0) return;
    add("striping_factor", stripes_);
    add("striping_unit", striping.bytes);
  });
  comm::conclude(comm_, "opening", failure);
}

std::string CollectiveEngine::storage_text() const {
  if (stripes_ == 0) return {};
  return "MPI-IO is asked for " + std::to_string(stripes_) + " stripes, where Options::mpi_io_hints says nothing else";
}

std::uint64_t CollectiveEngine::root_value() noexcept {
  not_intact_.reset();
  // Where HDF5 was ended it has closed the file, which then is not as it was left.
  if (change_detector_ && !file_->is_lost()) attempt(not_intact_, [&] { change_detector_->require(); });
  return not_intact_ ? damaged : intact;
}

void CollectiveEngine::plan(std::span<const DividedField> fields, KeepPlans keep) {
  std::optional<Error> failure;
  attempt(failure, [&] { keep(ChunkPlans(fields.size())); });
  comm::conclude(comm_, "planning", failure);
}

void CollectiveEngine::commit(const Commit& commit, std::optional<Error> failure, std::uint64_t word) {
  if (word == damaged && not_intact_ && !failure) failure = not_intact_;
  attempt_unless(failure, [&] {
    summaries_.prepare(commit.fields);
    combination_.reserve(summaries_.all().size());
    if (commit.measured) measures_of_all_.reserve(1);
  });
  has_measures_ = false;
  before_ = statistics_;
  const std::uint64_t size_before = file_size();
  require_open(std::move(failure));
  comm::confirm(comm_);
  if (change_detector_) change_detector_->forget();
  defined_ = false;
  apply_together(commit);
  comm::confirm(comm_);
  const std::optional<Error> unwritten = write_fields(commit);
  try {
    comm::conclude(comm_, "writing", unwritten);
  } catch (const Error&) {
    if (comm_.watch().verdict()) throw;  // HDF5 would wait for the missing ranks
    undo(commit);
    throw;
  }
  combine_summaries();
  if (commit.measured) combine_measures(commit);
  comm::confirm(comm_);
  {
    const Timer timer(statistics_.publish);
    finish(commit);
  }
  if (!commit.measured || comm_.rank() != 0) return;
  const std::uint64_t size = file_size();
  measures_.stored_bytes = size - std::min(size, size_before);
  add_of_root(measures_, statistics_.publish - before_.publish, 0);
  has_measures_ = true;
}

/// On rank 0; 0 where it cannot be looked at.
std::uint64_t CollectiveEngine::file_size() const noexcept {
  std::error_code error;
  const std::uintmax_t size = comm_.rank() == 0 ? std::filesystem::file_size(place_.path, error) : 0;
  return error ? 0 : size;
}

/// One more reduction, for those who ask. Which rank wrote is known by what it gave.
void CollectiveEngine::combine_measures(const Commit& commit) {
  own_measures_.set(statistics_, before_, *commit.measured);
  own_measures_.stored_bytes = own_measures_.raw_bytes;
  const std::span<CommitMeasures> of_all = measures_of_all_.values(1);
  of_all[0] = CommitMeasures(own_measures_);
  measures_of_all_.combine();
  measures_ = of_all[0];
}

/// The one thing that ranks tell each other themselves: in the direct engine it goes with the chunks.
void CollectiveEngine::combine_summaries() {
  const std::span<pack::Summary> own = summaries_.all();
  if (own.empty()) return;
  const std::span<pack::Summary> of_all = combination_.values(own.size());
  std::ranges::copy(own, of_all.begin());
  combination_.combine();
  std::ranges::copy(of_all, own.begin());
}

/// Agrees with all ranks before the first call of HDF5. `failure`: what went wrong on this rank before.
void CollectiveEngine::require_open(std::optional<Error> failure) {
  std::optional<Error> lost;
  attempt(lost, [&] { file_->require_open(); });
  if (lost) usable_ = false;
  comm::conclude(comm_, "preparing", lost ? lost : failure);
}

void CollectiveEngine::apply_together(const Commit& commit) {
  std::optional<Error> failure;
  attempt(failure, [&] {
    file_->apply(commit.definitions);
    file_->apply(commit.step.fields);
  });
  try {
    comm::conclude(comm_, "defining", failure);
  } catch (const Error&) {
    usable_ = false;
    throw;
  }
  defined_ = true;
}

/// Every rank makes every transfer; one that could not pack takes part with nothing.
std::optional<Error> CollectiveEngine::write_fields(const Commit& commit) {
  std::optional<Error> failure;
  for (std::size_t number = 0; number < commit.fields.size(); ++number) {
    const FieldData& data = commit.fields[number];
    PackedField packed;
    {
      const Timer timer(statistics_.exchange);
      attempt(failure, [&] { packed = pack_field(data); });
    }
    summarise(data, packed, summaries_.of(number));
    if (packed.data == nullptr) packed.boxes.clear();
    if (data.first_chunk > 0) {  // to where the rows of a table are in the dataset
      for (Box& box : packed.boxes) box = shifted(box, data.first_chunk * data.field->chunk[0]);
    }
    statistics_.raw_bytes += bytes_of(data, packed);
    const Timer timer(statistics_.write);
    attempt(failure, [&] {
      file_->write(data.field->path, data.field->stored, data.step, packed.boxes, data.field->component_extents(),
                   packed.data);
    });
  }
  return failure;
}

/// What cannot be undone: times and scalars. A failure here leaves the file's last step in doubt.
void CollectiveEngine::finish(const Commit& commit) {
  std::optional<Error> failure;
  attempt(failure, [&] {
    file_->apply(commit.step.series);
    file_->apply(commit.step.values);
    file_->apply(summaries_.rows());
    file_->flush();
  });
  try {
    comm::conclude(comm_, "finishing", failure);
    if (change_detector_) change_detector_->remember();
  } catch (const Error&) {
    usable_ = false;
    throw;
  }
}

void CollectiveEngine::undo(const Commit& commit) {
  std::optional<Error> failure;
  attempt(failure, [&] {
    comm::confirm(comm_);
    file_->apply(commit.step.undo);
    file_->flush();
  });
  if (comm::try_conclude(comm_, "undoing", failure).error) {
    usable_ = false;
  } else if (change_detector_) {
    change_detector_->remember();
  }
}

void CollectiveEngine::close() {
  comm::confirm(comm_);
  std::optional<Error> failure;
  if (change_detector_ && !file_->is_lost()) attempt(failure, [&] { change_detector_->require(); });
  attempt(failure, [&] { file_->close(); });
  change_detector_.reset();
  comm::conclude(comm_, "closing the file", failure);
}

}  // namespace tessera::pipeline
