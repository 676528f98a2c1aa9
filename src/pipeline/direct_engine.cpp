#include "pipeline/direct_engine.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "pipeline/direct_writing.hpp"

namespace tessera::pipeline {

DirectEngine::DirectEngine(const comm::Communicator& comm, const std::string& path, const Settings& settings)
    : comm_(comm), settings_(settings) {
  std::optional<Error> failure;
  if (comm.rank() == 0) attempt(failure, [&] { create(path); });
  comm::agree(comm_, {"creating the file", std::move(failure)});
  failure.reset();
  if (comm.rank() != 0) attempt(failure, [&] { file_ = storage::open_file(path); });
  comm::agree(comm_, {"opening the file", std::move(failure)});
}

/// Under another name until it is a complete HDF5 file, so that a file which is replaced stays readable until then.
void DirectEngine::create(const std::string& path) {
  const std::string unfinished = path + ".tessera-" + std::to_string(::getpid());
  try {
    file_ = storage::create_file(unfinished);
    trees_.emplace(*file_, hdf5::TreeSet::Options{.grace = settings_.reader_grace, .power_safe = settings_.power_safe});
    storage::publish_file(unfinished, path, settings_.overwrite);
    if (settings_.power_safe) storage::sync_folder(path);
  } catch (...) {
    ::unlink(unfinished.c_str());
    throw;
  }
}

void DirectEngine::commit(const Commit& commit) {
  Writing writing;
  writing.end = comm::broadcast(comm_, 0, trees_ ? trees_->end() : 0);
  const std::uint64_t begin = writing.end;
  for (const FieldData& data : commit.fields) write_field(data, writing);
  if (settings_.power_safe) attempt(writing.failure, [&] { file_->sync(); });
  comm::agree(comm_, {"writing", writing.failure});
  if (trees_) trees_->reserve(writing.end - begin);
  publish(commit, writing);
}

void DirectEngine::close() {
  std::optional<Error> failure;
  if (trees_) attempt(failure, [&] { trees_->close(); });
  trees_.reset();
  file_.reset();
  comm::agree(comm_, {"closing the file", std::move(failure)});
}

/// Plain bytes for the way to rank 0.
struct Registration {
  hdf5::PlacedChunk chunk;
  std::uint64_t field = 0;
};

void DirectEngine::publish(const Commit& commit, const Writing& writing) {
  std::vector<Registration> own;
  for (std::size_t field = 0; field < writing.placed.size(); ++field) {
    for (const hdf5::PlacedChunk& chunk : writing.placed[field]) own.push_back({chunk, field});
  }
  const auto bytes = comm::gather_bytes(comm_, std::as_bytes(std::span(own)));
  std::optional<Error> failure;
  if (trees_) {
    attempt(failure, [&] {
      hdf5::Record record{definitions_, commit.begin, {}, commit.finish};
      record.begin.insert(record.begin.end(), commit.lengthen.begin(), commit.lengthen.end());
      for (const FieldData& data : commit.fields) {
        const schema::Field& field = *data.field;
        record.chunks.push_back(
            {field.path, data.step, field.chunk, data.plan->grid.counts(), field.components > 1, {}});
      }
      for (std::size_t at = 0; at < bytes.size(); at += sizeof(Registration)) {
        Registration one;
        std::memcpy(&one, bytes.data() + at, sizeof one);
        record.chunks[one.field].chunks.push_back(one.chunk);
      }
      trees_->commit(std::move(record));
    });
  }
  // One word tells whether the trees can go on after a failure; all ranks have to know.
  const std::uint64_t usable = comm::broadcast(comm_, 0, trees_ && trees_->usable() ? 1 : 0);
  usable_ = usable != 0;
  comm::agree(comm_, {"publishing", std::move(failure)});
  definitions_.clear();
}

}  // namespace tessera::pipeline
