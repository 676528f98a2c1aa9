#include "pipeline/direct_rounds.hpp"

#include <algorithm>

#include "base/attempt.hpp"
#include "base/round_up.hpp"

namespace tessera::pipeline {

namespace {

constexpr std::uint64_t alignment = 8;
std::uint64_t aligned(std::uint64_t size) { return round_up(size, alignment); }

}  // namespace

/// The batch that is to be placed and written while the next one is encoded.
class DirectRounds::Writing {
 public:
  Writing(comm::RangeScan& range_scan, storage::File& file, bool start_sync, Result& result, Statistics& statistics)
      : range_scan_(range_scan), file_(file), start_sync_(start_sync), result_(result), statistics_(statistics) {}

  void begin(Batch& batch) {
    batch_ = &batch;
    range_scan_.begin(aligned(batch.bytes()));
  }

  /// Writes what was begun, if it is known where to.
  void write_if_placed() {
    if (batch_ != nullptr && range_scan_.is_ready()) write();
  }

  void finish() {
    if (batch_ == nullptr) return;
    {
      const Timer timer(statistics_.place);
      range_scan_.finish();
    }
    write();
  }

 private:
  void write() {
    const Timer timer(statistics_.write);
    const comm::Range range = range_scan_.finish();
    std::uint64_t& next = range.total <= result_.free.size() ? result_.free.begin : result_.end;
    const std::uint64_t begin = next + range.begin;
    if (!result_.failure) {
      attempt(result_.failure, [&] {
        const auto parts = batch_->parts();
        file_.write_parts(begin, parts);
        count_requests(result_.requests, begin, parts);
        if (start_sync_) file_.start_sync(begin, batch_->bytes());
      });
    }
    std::uint64_t address = begin;
    for (const Batch::Slot& slot : batch_->slots()) {
      result_.placed[slot.unit->field].push_back(
          {slot.chunk->number, address, static_cast<std::uint32_t>(slot.encoded_bytes)});
      address += slot.encoded_bytes;
    }
    next += range.total;
    statistics_.stored_bytes += address - begin;
    batch_ = nullptr;
  }

  Batch* batch_ = nullptr;
  comm::RangeScan& range_scan_;
  storage::File& file_;
  bool start_sync_;
  Result& result_;
  Statistics& statistics_;
};

DirectRounds::DirectRounds(const comm::Communicator& comm, std::size_t threads)
    : comm_(comm), workers_(threads), encoders_(workers_.count()), estimates_(comm, encoders_), loop_(comm),
      range_scan_(comm) {
  statistics_.threads = workers_.count();
}

void DirectRounds::reserve(const schema::Field& field, const ChunkPlan& plan) {
  if (!plan.chunks.empty()) {
    for (ChunkEncoder& encoder : encoders_) encoder.reserve(field, chunk_bytes_of(field, plan.grid));
  }
  // A group has one unit, or several with no more than group_bytes.
  const std::size_t round = static_cast<std::size_t>(plan.max_chunks) * slot_bytes(field, plan.grid);
  for (Batch& batch : batches_) batch.reserve(std::max(round, group_bytes));
  loop_.reserve(field, plan);
  estimates_.reserve(field);
}

/// Memory that another plan wanted more of, and that could not be had, is gone.
void DirectRounds::prepare(const std::vector<FieldData>& fields) {
  for (const FieldData& data : fields) reserve(*data.field, *data.plan);
  groups_ = groups_of(fields);
  loop_.reserve_messages(groups_);
  result_ = {};
  result_.placed.resize(fields.size());
  for (std::size_t field = 0; field < fields.size(); ++field) {
    result_.placed[field].reserve(fields[field].plan->chunks.size());
  }
  summaries_.prepare(fields);
  std::size_t slots = 0;
  std::size_t units = 0;
  std::size_t summaries = 0;
  for (const Group& group : groups_) {
    std::size_t chunks = 0;
    std::size_t of_group = 0;
    for (const Unit& unit : group) {
      const std::size_t of_unit = of_round(unit.data->plan->chunks, unit.round).size();
      chunks += of_unit;
      of_group += of_unit * summaries_.of(unit.field).size();
    }
    summaries = std::max(summaries, of_group);
    slots = std::max(slots, chunks);
    units = std::max(units, group.size());
  }
  for (Batch& batch : batches_) batch.reserve_slots(slots);
  of_chunks_.resize(summaries);
  estimates_.reserve_units(units);
}

const DirectRounds::Result& DirectRounds::write(storage::File& file, std::uint64_t end, const hdf5::Extent& free,
                                                bool start_sync) {
  result_.end = end;
  result_.free = free;
  std::optional<Error>& failure = result_.failure;
  Writing writing(range_scan_, file, start_sync, result_, statistics_);
  std::size_t number = 0;
  loop_.run(groups_, failure, statistics_.exchange, [&](Group& group, GroupExchange& exchange) {
    {
      const Timer timer(statistics_.exchange);
      estimates_.share(group);
    }
    Batch& batch = batches_[number++ % 2];
    encode(group, exchange, batch, writing, failure);
    writing.finish();
    writing.begin(batch);
  });
  writing.finish();
  loop_.finish();
  groups_.clear();
  statistics_.peak_bytes = std::max(statistics_.peak_bytes, memory_bytes());
  return result_;
}

void DirectRounds::encode(Group& group, GroupExchange& exchange, Batch& batch, Writing& writing,
                          std::optional<Error>& failure) {
  batch.begin(group);
  batch.place_summaries(summaries_, of_chunks_);
  const auto run = [&](std::size_t first, std::size_t count) {
    const double written = statistics_.write;
    const auto job = [&](std::size_t thread, std::size_t number) {
      Batch::Slot& slot = batch.slots()[first + number];
      if (!slot.unit->source) return;
      slot.encoded_bytes = encoders_[thread].encode(slot, exchange, batch.buffer_of(slot));
    };
    const auto between = [&] {
      writing.write_if_placed();
      exchange.progress();
    };
    {
      const Timer timer(statistics_.encode);
      attempt(failure, [&] { workers_.run(count, job, between); });
    }
    statistics_.encode -= statistics_.write - written;  // that happened in between
  };
  for (const Unit& unit : group) {
    for (std::size_t thread = 1; thread < encoders_.size(); ++thread) {
      encoders_[thread].learn_from(encoders_[0], *unit.data->field);
    }
  }
  run(0, batch.local_slots());
  {
    const Timer timer(statistics_.exchange);
    exchange.finish();
  }
  run(batch.local_slots(), batch.slots().size() - batch.local_slots());
  batch.add_summaries(summaries_);
  for (const Batch::Slot& slot : batch.slots()) statistics_.raw_bytes += slot.raw_bytes;
  statistics_.rounds += group.size();
}

std::size_t DirectRounds::memory_bytes() const {
  std::size_t total = 0;
  for (const ChunkEncoder& encoder : encoders_) total += encoder.bytes();
  for (const Batch& batch : batches_) total += batch.peak_bytes();
  return total + loop_.peak_bytes();
}

}  // namespace tessera::pipeline
