#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "codec/decode.hpp"
#include "comm/agree.hpp"
#include "comm/keep.hpp"
#include "comm/node.hpp"
#include "pack/pack.hpp"
#include "reader/state.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

bool is_floating(DataType type) { return detail::element_type(type).is_floating; }

void check_type(const schema::Field& field, DataType asked) {
  if (asked == field.stored || (is_floating(asked) && is_floating(field.stored))) return;
  throw Error(ErrorCode::type_mismatch, schema::described(field) + " holds " + to_string(field.stored) +
                                            ", but the memory to read into is of " + to_string(asked));
}

/// Does the memory lie as HDF5 fills it?
bool is_contiguous(const GetBox& asked) {
  const auto has_layers = [](const Index& widths) {
    return std::ranges::any_of(widths, [](auto width) { return width != 0; });
  };
  return asked.target.strides == row_major_strides(asked.target.extents) && !has_layers(asked.target.halo.low) &&
         !has_layers(asked.target.halo.high);
}

/// Ranks open the file at different times.
void require_same_file(const std::string& path, std::uint64_t inode, std::uint64_t expected) {
  if (inode == expected) return;
  throw Error(ErrorCode::storage, "the file " + in_quotes(path) +
                                      " is another one than this reader opened; open it again to read what is there");
}

/// Whether this library reads the field's chunks; HDF5 reads what it cannot.
bool is_read_by_chunks(const schema::StoredField& stored) {
  return stored.storage.is_plain && codec::can_decode(stored.storage.filters);
}

}  // namespace

void ReaderState::get(ReadStep& step, const std::string& name, const Box& box, AnyArray target) {
  attempt(step.noted, [&] {
    require_open("StoredStep::get");
    const schema::StoredRun& run = this->run(step.run);
    const schema::StoredField* stored = run.field(name);
    if (stored == nullptr) {
      throw Error(ErrorCode::not_found,
                  run.described() + " has no field " + in_quotes(name) + "; StoredRun::fields lists them");
    }
    const schema::Field& field = stored->field;
    if (field.time_dependent != (step.number >= 0)) {
      throw Error(ErrorCode::wrong_order,
                  schema::described(field) + (field.time_dependent ? " has steps; read it from StoredRun::step"
                                                                   : " has no steps; read it from StoredRun::statics"));
    }
    if (step.number >= stored->steps && field.time_dependent) {
      throw Error(ErrorCode::not_found, schema::described(field) + " has " + std::to_string(stored->steps) +
                                            " steps, and no step " + std::to_string(step.number));
    }
    schema::check_box(field, box);
    check_type(field, target.type);
    if (target.host_copy) {
      throw Error(ErrorCode::invalid_argument, schema::described(field) +
                                                   ": the memory to read into is a device's; read into "
                                                   "a host mirror and copy that");
    }
    GetBox asked{static_cast<std::size_t>(stored - run.fields.data()), box,
                 schema::resolved(field, box, std::move(target))};
    if (std::ranges::find(asked.target.strides, 0) != asked.target.strides.end() && !box.empty()) {
      throw Error(ErrorCode::shape_mismatch,
                  schema::described(field) + ": memory with a stride of 0 cannot hold what is read");
    }
    step.boxes.push_back(std::move(asked));
  });
}

void ReaderState::read(ReadStep& step) {
  require_open("StoredStep::read");
  std::optional<Error> failure = std::exchange(step.noted, std::nullopt);
  const std::vector<GetBox> boxes = std::exchange(step.boxes, {});
  std::string what;
  attempt(failure, [&] { what = "read of " + step_text(run(step.run), step.number); });
  agree("StoredStep::read", std::move(what), std::move(failure));
  failure.reset();
  attempt(failure, [&] {
    for (const GetBox& asked : boxes) {
      if (!is_read_by_chunks(run(step.run).fields[asked.field])) read_box(step, asked);
    }
  });
  read_chunks(step, boxes, std::move(failure));
}

hdf5::InputFile& ReaderState::hdf5_file() {
  if (!file_) {
    file_.emplace(path_);
    require_same_file(path_, file_->inode(), inode_);
  }
  return *file_;
}

void ReaderState::read_box(const ReadStep& step, const GetBox& asked) {
  if (asked.box.empty()) return;
  const schema::StoredField& stored = run(step.run).fields[asked.field];
  const schema::Field& field = stored.field;
  const DataType type = asked.target.type;
  if (is_contiguous(asked)) {
    hdf5_file().read(stored, step.number, asked.box, type, const_cast<void*>(asked.target.data));
    return;
  }
  const Index extents = asked.box.extents();
  const std::int64_t bytes = bytes_of(extents, field.components * static_cast<std::int64_t>(size_of(type)));
  buffer_.resize(std::max(buffer_.size(), static_cast<std::size_t>(bytes)));
  hdf5_file().read(stored, step.number, asked.box, type, buffer_.data());
  pack::pack(spread_job(field, asked, asked.box, buffer_.data(), type, row_major_strides(extents)));
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

/// Where chunks lie is asked of HDF5 on rank 0 alone.
std::optional<hdf5::PlacedChunk> ReaderState::find(const ReadStep& step, const ChunkKey& key) {
  const schema::StoredField& stored = run(step.run).fields.at(key.field);
  try {
    return hdf5_file().find(stored, step.number, chunk_grid(stored.field).cells_of(key.number).lower);
  } catch (const Error& error) {
    throw about(chunk_text(stored, step.number, key.number), error);
  }
}

void ReaderState::read_chunks(const ReadStep& step, const std::vector<GetBox>& boxes, std::optional<Error> failure) {
  const schema::StoredRun& run = this->run(step.run);
  if (threads_ == 0) {
    const auto share = static_cast<std::size_t>(comm::processors_per_rank(comm_));
    threads_ = options_.threads != 0 ? options_.threads : share;
  }
  std::vector<WantedPiece> wanted;
  attempt_unless(failure, [&] {
    if (!chunk_reads_) chunk_reads_ = std::make_shared<ChunkReads>(comm_, threads_);
    wanted = wanted_pieces(run, boxes, is_read_by_chunks);
  });
  const auto find_chunk = [&](const ChunkKey& key) { return find(step, key); };
  ReadPlan plan = make_read_plan(comm_, run, std::move(wanted), find_chunk, failure);
  ReadJob job{&run, step.number, boxes, comm_.rank(), nullptr};
  attempt_unless(failure, [&] {
    if (!bytes_ && !plan.chunks.empty()) {
      bytes_.emplace(path_);
      require_same_file(path_, bytes_->inode(), inode_);
    }
    job.file = bytes_ ? &*bytes_ : nullptr;
    chunk_reads_->prepare(run, std::move(plan), memory_for(run, boxes));
  });
  comm::conclude(comm_, "preparing to read", failure);
  try {
    chunk_reads_->read(job, failure);
  } catch (...) {
    comm::keep_forever(std::move(chunk_reads_));  // MPI may still use its memory
    throw;
  }
  comm::conclude(comm_, "reading", failure);
}

}  // namespace tessera::detail
