#include "pipeline/direct_rounds.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/attempt.hpp"
#include "base/round_up.hpp"

namespace tessera::pipeline {

namespace {

constexpr std::uint64_t alignment = 8;
std::uint64_t aligned(std::uint64_t size) { return round_up(size, alignment); }

std::uint64_t bytes_of(std::span<const std::span<const std::byte>> parts) {
  return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, std::span<const std::byte> part) { return sum + part.size(); });
}

}  // namespace

/// The batch that is to be placed and written while the next one is encoded.
class DirectRounds::Writing {
 public:
  Writing(DirectRounds& rounds, storage::File& file, bool start_sync)
      : rounds_(rounds), result_(rounds.result_), statistics_(rounds.statistics_), file_(file),
        start_sync_(start_sync) {}

  /// \param group its number in the commit
  void begin(Batch& batch, std::size_t group) {
    batch_ = &batch;
    group_ = group;
    keep_rows();
    if (!has_own_space()) rounds_.range_scan_.begin(aligned(batch.bytes()));
  }

  /// Writes what was begun, if it is known where to.
  void write_if_placed() {
    if (batch_ != nullptr && (has_own_space() || rounds_.range_scan_.is_ready())) write();
  }

  void finish() {
    if (batch_ == nullptr) return;
    if (!has_own_space()) {
      const Timer timer(statistics_.place);
      rounds_.range_scan_.finish();
    }
    write();
  }

 private:
  bool has_own_space() const noexcept { return result_.space.own != nullptr; }

  /// Rank 0 gets them when all is written.
  void keep_rows() {
    if (result_.rest.group != Rest::none) return;  // they come once more, as pieces do
    for (const Batch::Slot& slot : batch_->slots()) {
      if (!slot.is_row) continue;
      const std::span<std::byte> kept = rounds_.row_bytes_[slot.unit->field].first(slot.raw_bytes);
      std::ranges::copy(batch_->buffer_of(slot).first(slot.raw_bytes), kept.begin());
      const auto after = std::ranges::upper_bound(result_.rows, slot.unit->field, {}, &StepRow::field);
      result_.rows.insert(after, {slot.unit->field, kept});
      statistics_.raw_bytes += slot.raw_bytes;
      Batch::add_summary(slot, rounds_.summaries_);
    }
  }

  void write() {
    const Timer timer(statistics_.write);
    has_own_space() ? write_to_own_space() : write_behind_others();
    batch_ = nullptr;
  }

  void write_behind_others() {
    const comm::Range range = rounds_.range_scan_.finish();
    std::uint64_t& next = range.total <= result_.space.free.size() ? result_.space.free.begin : result_.space.end;
    write_pieces(next + range.begin, pieces());
    next += range.total;
  }

  void write_to_own_space() {
    if (result_.rest.group != Rest::none) return;  // this comes after it
    std::span<Piece> left = pieces();
    while (!left.empty()) {
      const auto run = result_.space.own->take_run(left);
      if (!run) break;
      write_pieces(run->address, left.first(run->count));
      left = left.subspan(run->count);
    }
    if (left.empty()) return;
    result_.rest = {group_};
    rounds_.has_place_.assign(batch_->slots().size(), 1);
    for (const Piece& piece : left) rounds_.has_place_[piece.number] = 0;
  }

  /// What was encoded.
  std::span<Piece> pieces() {
    std::vector<Piece>& all = rounds_.pieces_;
    all.clear();
    for (const Batch::Slot& slot : batch_->slots()) {
      if (slot.encoded_bytes > 0)
        all.push_back({slot.encoded_bytes, static_cast<std::size_t>(&slot - batch_->slots().data())});
    }
    return all;
  }

  /// They follow each other in the file.
  void write_pieces(std::uint64_t address, std::span<const Piece> pieces) {
    if (!result_.failure) {
      attempt(result_.failure, [&] {
        const auto parts = batch_->parts(pieces);
        file_.write_parts(address, parts);
        count_requests(result_.requests, address, parts);
        if (start_sync_) file_.start_sync(address, bytes_of(parts));
      });
    }
    for (const Piece& piece : pieces) {
      const Batch::Slot& slot = batch_->slots()[piece.number];
      result_.placed[slot.unit->field].push_back(
          {slot.chunk->number, address, static_cast<std::uint32_t>(slot.encoded_bytes)});
      address += slot.encoded_bytes;
      statistics_.stored_bytes += slot.encoded_bytes;
      statistics_.raw_bytes += slot.raw_bytes;
      Batch::add_summary(slot, rounds_.summaries_);
    }
  }

  DirectRounds& rounds_;
  Result& result_;
  Statistics& statistics_;
  storage::File& file_;
  bool start_sync_;
  Batch* batch_ = nullptr;
  std::size_t group_ = 0;
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
  result_.rows.reserve(fields.size());
  row_bytes_.resize(std::max(row_bytes_.size(), fields.size()));
  for (std::size_t field = 0; field < fields.size(); ++field) {
    const ChunkPlan& plan = *fields[field].plan;
    result_.placed[field].reserve(plan.chunks.size());
    const bool has_row = fields[field].field->spans_steps() && !plan.chunks.empty();
    if (has_row) row_bytes_[field].reserve(chunk_bytes_of(*fields[field].field, plan.grid));
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
  for (auto& of_chunks : of_chunks_) of_chunks.resize(summaries);
  bands_.reserve(slots, workers_.count());
  pieces_.reserve(slots);
  has_place_.reserve(slots);
  estimates_.reserve_units(units);
}

const DirectRounds::Result& DirectRounds::write(storage::File& file, const Space& space, bool start_sync) {
  result_.space = space;
  result_.rest = {};
  for (const Group& group : groups_) statistics_.rounds += group.size();
  run(file, 0, {}, start_sync, true);
  return result_;
}

const DirectRounds::Result& DirectRounds::write_rest(storage::File& file, std::size_t first, std::uint64_t end,
                                                     bool start_sync) {
  const Rest rest = std::exchange(result_.rest, {});
  result_.space = {nullptr, end, {}};
  run(file, first, rest, start_sync, false);
  return result_;
}

/// \param first   group
/// \param missing from there on chunks are to be written; other ranks may want pieces of those before
/// \param is_first_time that ranks go through the commit: then, and all together, they share estimates
void DirectRounds::run(storage::File& file, std::size_t first, const Rest& missing, bool start_sync,
                       bool is_first_time) {
  Writing writing(*this, file, start_sync);
  std::size_t number = first;
  const auto skipped = [&] {
    if (result_.rest.group != Rest::none) return Skipped::all;
    if (is_first_time || number > missing.group) return Skipped::none;
    return number == missing.group ? Skipped::placed : Skipped::all;
  };
  loop_.run(std::span(groups_).subspan(first), result_.failure, statistics_.exchange,
            [&](Group& group, GroupExchange& exchange) {
              if (is_first_time) {
                const Timer timer(statistics_.exchange);
                estimates_.share(group);
              }
              Batch& batch = batches_[number % 2];
              batch.begin(group);
              batch.place_summaries(summaries_, of_chunks_[number % 2]);
              encode(group, exchange, batch, skipped(), writing);
              writing.finish();
              writing.begin(batch, number++);
            });
  writing.finish();
  loop_.finish();
  statistics_.peak_bytes = std::max(statistics_.peak_bytes, memory_bytes());
}

void DirectRounds::encode(Group& group, GroupExchange& exchange, Batch& batch, Skipped skipped, Writing& writing) {
  const auto run = [&](std::size_t count, const auto& job) {
    const double written = statistics_.write;
    const auto between = [&] {
      writing.write_if_placed();
      exchange.progress();
    };
    {
      const Timer timer(statistics_.encode);
      attempt(result_.failure, [&] { workers_.run(count, job, between); });
    }
    statistics_.encode -= statistics_.write - written;  // that happened in between
  };
  const auto run_slots = [&](std::size_t first, std::size_t last) {
    if (skipped == Skipped::all) return;
    run(last - first, [&](std::size_t thread, std::size_t number) {
      Batch::Slot& slot = batch.slots()[first + number];
      if (!slot.unit->source || (skipped == Skipped::placed && has_place_[first + number])) return;
      slot.encoded_bytes = encoders_[thread].encode(slot, exchange, batch.buffer_of(slot));
      slot.is_row = slot.unit->data->field->spans_steps();
      if (slot.is_row) slot.encoded_bytes = 0;
    });
  };
  for (const Unit& unit : group) {
    for (std::size_t thread = 1; thread < encoders_.size(); ++thread) {
      encoders_[thread].learn_from(encoders_[0], *unit.data->field);
    }
  }
  if (skipped == Skipped::none) {
    bands_.clear();
    for (Batch::Slot& slot : std::span(batch.slots()).first(batch.local_slots())) {
      if (slot.unit->source) bands_.add(batch, slot, *slot.unit->source);
    }
    bands_.find(Bands::Which::whole_rows, workers_.count());
    run(bands_.size(), [&](std::size_t, std::size_t number) { bands_.assemble(number, pack::Stores::cached); });
  }
  run_slots(0, batch.local_slots());
  {
    const Timer timer(statistics_.exchange);
    exchange.finish();
  }
  run_slots(batch.local_slots(), batch.slots().size());
}

std::size_t DirectRounds::memory_bytes() const {
  std::size_t total = 0;
  for (const ChunkEncoder& encoder : encoders_) total += encoder.bytes();
  for (const Batch& batch : batches_) total += batch.peak_bytes();
  return total + loop_.peak_bytes();
}

}  // namespace tessera::pipeline
