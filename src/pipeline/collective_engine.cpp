#include "pipeline/collective_engine.hpp"

#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "hdf5/check.hpp"
#include "pipeline/pack_field.hpp"

namespace tessera::pipeline {

namespace {

/// What rank 0 says of the file.
constexpr std::uint64_t intact = 0;
constexpr std::uint64_t damaged = 1;

}  // namespace

CollectiveEngine::CollectiveEngine(const comm::Communicator& comm, const storage::Place& place,
                                   const hdf5::CollectiveFile::Hints& hints)
    : comm_(comm) {
  comm::confirm(comm_);
  std::optional<Error> failure;
  attempt(failure, [&] { file_.emplace(comm, place.path, hints); });
  if (comm.rank() == 0) attempt(failure, [&] { sentry_.emplace(place); });
  comm::agree(comm_, {"creating the file", failure});
}

std::uint64_t CollectiveEngine::word_of_root() noexcept {
  not_intact_.reset();
  // Where HDF5 was ended it has closed the file, which then is not as it was left.
  if (sentry_ && !file_->is_lost()) attempt(not_intact_, [&] { sentry_->require(); });
  return not_intact_ ? damaged : intact;
}

void CollectiveEngine::commit(const Commit& commit, std::uint64_t word) {
  if (word == damaged) comm::agree(comm_, {"looking at the file", std::exchange(not_intact_, std::nullopt)});
  const hdf5::Quiet quiet;
  require_open();
  if (sentry_) sentry_->forget();
  defined_ = false;
  apply_together(commit);
  comm::confirm(comm_);
  const std::optional<Error> failure = write_fields(commit);
  try {
    comm::agree(comm_, {"writing", failure});
  } catch (const Error&) {
    if (comm_.watch().verdict()) throw;  // HDF5 would wait for the missing ranks
    undo(commit);
    throw;
  }
  comm::confirm(comm_);
  finish(commit);
}

/// Meets all ranks before the first call of HDF5.
void CollectiveEngine::require_open() {
  std::optional<Error> failure;
  attempt(failure, [&] { file_->require_open(); });
  try {
    comm::agree(comm_, {"looking at the file", std::move(failure)});
  } catch (const Error&) {
    usable_ = false;
    throw;
  }
}

void CollectiveEngine::apply_together(const Commit& commit) {
  std::optional<Error> failure;
  attempt(failure, [&] {
    file_->apply(commit.definitions);
    file_->apply(commit.step.fields);
  });
  try {
    comm::agree(comm_, {"defining", failure});
  } catch (const Error&) {
    usable_ = false;
    throw;
  }
  defined_ = true;
}

/// Every rank makes every transfer; one that could not pack takes part with nothing.
std::optional<Error> CollectiveEngine::write_fields(const Commit& commit) {
  std::optional<Error> failure;
  for (const FieldData& data : commit.fields) {
    PackedField packed;
    attempt(failure, [&] { packed = pack_field(data); });
    if (packed.data == nullptr) packed.boxes.clear();
    attempt(failure, [&] {
      file_->write(data.field->path, data.field->stored, data.step, packed.boxes, data.field->components, packed.data);
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
    file_->flush();
  });
  try {
    comm::agree(comm_, {"finishing", failure});
    if (sentry_) sentry_->remember();
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
  if (comm::try_agree(comm_, {"undoing", std::move(failure)}).error) {
    usable_ = false;
  } else if (sentry_) {
    sentry_->remember();
  }
}

void CollectiveEngine::close() {
  const hdf5::Quiet quiet;
  comm::confirm(comm_);
  std::optional<Error> failure;
  if (sentry_ && !file_->is_lost()) attempt(failure, [&] { sentry_->require(); });
  attempt(failure, [&] { file_->close(); });
  sentry_.reset();
  comm::agree(comm_, {"closing the file", failure});
}

}  // namespace tessera::pipeline
