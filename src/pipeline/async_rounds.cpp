#include "pipeline/async_rounds.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/attempt.hpp"
#include "pipeline/assemble_chunk.hpp"

namespace tessera::pipeline {

namespace {

double seconds_between(StepInFlight::Clock::time_point from, StepInFlight::Clock::time_point to) noexcept {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

AsyncRounds::AsyncRounds(const comm::Communicator& comm, Workers& workers, std::size_t threads,
                         const std::optional<CpuSet>& cpus, RankExtents& extents, Statistics& statistics)
    : workers_(workers), statistics_(statistics), encoders_(threads), outputs_(threads), lists_(threads),
      pieces_(threads), runs_(threads), estimates_(comm, encoders_), loop_(comm), extents_(extents),
      background_(threads, cpus) {}

std::unique_ptr<StepInFlight> AsyncRounds::prepare(Commit&& commit) {
  auto step = std::make_unique<StepInFlight>();
  step->commit = std::move(commit);
  const auto& fields = step->commit.fields;
  for (const FieldData& data : fields) reserve(data);
  step->groups = groups_of(fields);
  loop_.reserve_messages(step->groups);
  step->summaries.prepare(fields);
  step->placed.resize(fields.size());
  step->rows.reserve(fields.size());
  for (std::size_t field = 0; field < fields.size(); ++field) {
    step->placed[field].reserve(fields[field].plan->chunks.size());
  }
  std::size_t units = 0;
  for (const Group& group : step->groups) units = std::max(units, group.size());
  estimates_.reserve_units(units);
  lay_out(*step);
  return step;
}

/// What the threads use is changed only while they rest, which after the first step of a field is never needed.
void AsyncRounds::reserve(const FieldData& data) {
  const schema::Field& field = *data.field;
  loop_.reserve(field, *data.plan);
  estimates_.reserve(field);
  if (data.plan->chunks.empty()) return;
  const std::size_t bytes = chunk_bytes_of(field, data.plan->grid);
  if (std::ranges::all_of(encoders_, [&](const auto& encoder) { return encoder.is_ready(field, bytes); })) return;
  background_.drain();
  for (ChunkEncoder& encoder : encoders_) encoder.reserve(field, bytes);
}

void AsyncRounds::reserve_outputs(std::size_t bytes, std::size_t slots) {
  const auto is_ready = [&](std::size_t thread) {
    return outputs_[thread].size() >= bytes && lists_[thread].capacity() >= slots;
  };
  for (std::size_t thread = 0; thread < outputs_.size(); ++thread) {
    if (is_ready(thread)) continue;
    background_.drain();
    outputs_[thread].reserve(bytes);
    pieces_[thread].reserve(slots);
    runs_[thread].reserve(slots);
    lists_[thread].reserve(slots);  // the last: it tells that all have memory
  }
}

/// Slots for all chunks, in memory that served steps before where there is some, and who encodes which.
void AsyncRounds::lay_out(StepInFlight& step) {
  if (!spare_.empty()) {
    step.batches = std::move(spare_.back());
    spare_.pop_back();
  }
  spare_.reserve(spare_.size() + 4);  // so that recycle() needs no memory
  step.batches.resize(step.groups.size());
  std::size_t summaries = 0;
  std::size_t output = 0;
  std::size_t most_slots = 0;
  std::size_t all_slots = 0;
  for (std::size_t number = 0; number < step.groups.size(); ++number) {
    Batch& batch = step.batches[number];
    batch.begin(step.groups[number]);
    const auto& slots = batch.slots();
    all_slots += slots.size();
    for (std::size_t first = 0; first < slots.size();) {
      std::size_t raw = 0;
      std::size_t capacity = 0;
      std::size_t last = first;
      for (; last < slots.size() && (last == first || raw + slots[last].raw_bytes <= piece_bytes); ++last) {
        const schema::Field& field = *slots[last].unit->data->field;
        raw += slots[last].raw_bytes;
        if (is_encoded_by_owner(field)) capacity += slots[last].capacity;
        summaries += step.summaries.of(slots[last].unit->field).size();
      }
      step.parts.push_back({&batch, first, last - first});
      step.raw_bytes += raw;
      output = std::max(output, capacity);
      most_slots = std::max(most_slots, last - first);
      first = last;
    }
  }
  bands_.reserve(all_slots, workers_.count());
  step.of_chunks.resize(summaries);
  std::span<pack::Summary> memory(step.of_chunks);
  for (Batch& batch : step.batches) memory = memory.subspan(batch.place_summaries(step.summaries, memory));
  reserve_outputs(output, most_slots);
}

void AsyncRounds::take(StepInFlight& step, std::size_t others) {
  const Timer timer(step.copy);
  std::optional<Error>& failure = step.failure;
  std::size_t number = 0;
  double unused = 0;
  loop_.run(step.groups, failure, unused, [&](Group& group, GroupExchange& exchange) {
    if (others == 0) {  // else the threads may be encoding
      estimates_.share(group);
      for (const Unit& unit : group) {
        for (std::size_t thread = 1; thread < encoders_.size(); ++thread) {
          encoders_[thread].learn_from(encoders_[0], *unit.data->field);
        }
      }
    }
    assemble(step, number++, exchange, failure);
  });
  loop_.finish();
  for (FieldData& data : step.commit.fields) data.puts.clear();
  statistics_.peak_bytes = std::max(statistics_.peak_bytes, memory_bytes(step, others));
}

/// Of a group's chunks that need no message, and of the others of a field that begins with it: the whole step has
/// memory, and a band may be longer than a round.
void AsyncRounds::find_bands(StepInFlight& step, std::size_t number) {
  bands_.clear();
  const Unit& last = step.groups[number].back();
  for (std::size_t group = number; group < step.groups.size(); ++group) {
    if (group > number && (last.round > 0 || step.groups[group].front().field != last.field)) break;
    Batch& batch = step.batches[group];
    for (Batch::Slot& slot : std::span(batch.slots()).first(batch.local_slots())) {
      const auto& source = group == number ? slot.unit->source : last.source;
      const bool is_wanted = group == number || slot.unit->field == last.field;
      if (source && is_wanted) bands_.add(batch, slot, *source);
    }
  }
  bands_.find(Bands::Which::all, workers_.count());
}

void AsyncRounds::assemble(StepInFlight& step, std::size_t number, GroupExchange& exchange,
                           std::optional<Error>& failure) {
  Batch& batch = step.batches[number];
  const auto run = [&](std::size_t count, const auto& job) {
    attempt(failure, [&] { workers_.run(count, job, [&] { exchange.progress(); }); });
  };
  const auto run_slots = [&](std::size_t first, std::size_t count) {
    run(count, [&](std::size_t, std::size_t slot_number) {
      const Batch::Slot& slot = batch.slots()[first + slot_number];
      if (!slot.unit->source || slot.is_assembled) return;
      assemble_chunk(slot, exchange, batch.buffer_of(slot).first(slot.raw_bytes));
    });
  };
  find_bands(step, number);
  // Nobody reads them before the whole step is assembled.
  run(bands_.size(), [&](std::size_t, std::size_t band) { bands_.assemble(band, pack::Stores::streamed); });
  run_slots(0, batch.local_slots());
  exchange.finish();
  run_slots(batch.local_slots(), batch.slots().size() - batch.local_slots());
}

void AsyncRounds::start(StepInFlight& step, storage::File& file, bool sync) {
  step.begun = StepInFlight::Clock::now();
  attempt_unless(step.failure, [&] {
    const auto job = [this, &step, &file, sync](std::size_t thread, std::size_t number) {
      work_at(step, step.parts[number], thread, file, sync);
    };
    std::function<void()> last;
    if (sync) last = [&file] { file.sync(); };
    if (background_.count() == 0) return;  // the system gave no thread: wait() does it
    const auto task = std::make_shared<Background::Task>(step.parts.size(), job, std::move(last));
    background_.begin(task);
    step.task = task;
  });
}

/// In a thread.
void AsyncRounds::work_at(StepInFlight& step, const StepInFlight::Part& part, std::size_t thread, storage::File& file,
                          bool sync) {
  const auto begun = StepInFlight::Clock::now();
  encode(part, thread);
  const auto encoded = StepInFlight::Clock::now();
  write(step, part, thread, file, sync);
  const std::lock_guard lock(step.mutex);
  step.encode += seconds_between(begun, encoded);
  step.write += seconds_between(encoded, StepInFlight::Clock::now());
}

void AsyncRounds::encode(const StepInFlight::Part& part, std::size_t thread) {
  auto& list = lists_[thread];
  auto& pieces = pieces_[thread];
  list.clear();
  pieces.clear();
  std::span<std::byte> output(outputs_[thread].data(), outputs_[thread].size());
  for (Batch::Slot& slot : part.slots()) {
    const std::span<std::byte> raw = part.batch->buffer_of(slot).first(slot.raw_bytes);
    const schema::Field& field = *slot.unit->data->field;
    if (field.spans_steps()) {
      ChunkEncoder::take_assembled(slot, raw);
      slot.is_row = true;
      list.push_back({});
      continue;
    }
    if (is_encoded_by_owner(field)) {
      slot.encoded_bytes = encoders_[thread].encode_assembled(slot, raw, output.first(slot.capacity));
      list.push_back(output.first(slot.encoded_bytes));
      output = output.subspan(slot.encoded_bytes);
    } else {
      slot.encoded_bytes = ChunkEncoder::take_assembled(slot, raw);
      list.push_back(raw);
    }
    pieces.push_back({slot.encoded_bytes, list.size() - 1});
  }
}

/// What finds no space stays where it was assembled.
void AsyncRounds::write(StepInFlight& step, const StepInFlight::Part& part, std::size_t thread, storage::File& file,
                        bool sync) {
  const std::span slots = part.slots();
  const auto& list = lists_[thread];
  auto& chunks = runs_[thread];
  std::span<Piece> left(pieces_[thread]);
  while (!left.empty()) {
    const auto run = extents_.take_run(left);
    if (!run) break;
    std::uint64_t at = run->address;
    chunks.clear();
    for (const Piece& piece : left.first(run->count)) chunks.push_back(list[piece.number]);
    file.write_parts(run->address, chunks);
    for (const Piece& piece : left.first(run->count)) slots[piece.number].address = std::exchange(at, at + piece.bytes);
    if (sync) file.start_sync(run->address, at - run->address);
    left = left.subspan(run->count);
    const std::lock_guard lock(step.mutex);
    count_requests(step.requests, run->address, chunks);
  }
  for (const Piece& piece : left) {
    const std::span<std::byte> kept = part.batch->buffer_of(slots[piece.number]);
    const auto& chunk = list[piece.number];
    if (chunk.data() != kept.data()) std::memcpy(kept.data(), chunk.data(), chunk.size());
  }
}

void AsyncRounds::wait(StepInFlight& step, storage::File& file, bool sync) {
  using Clock = StepInFlight::Clock;
  const auto asked = Clock::now();
  auto ended = asked;
  if (step.task) {
    auto failure = background_.wait(*step.task);
    ended = step.task->ended();
    step.task.reset();
    if (failure && !step.failure) step.failure = std::move(failure);
  } else if (background_.count() == 0) {
    attempt_unless(step.failure, [&] {
      for (const StepInFlight::Part& part : step.parts) work_at(step, part, 0, file, sync);
      if (sync) file.sync();
    });
    ended = Clock::now();
  }
  const auto begun = std::max(step.begun, std::exchange(last_ended_, ended));
  statistics_.hidden += seconds_between(begun, std::max(begun, std::min(asked, ended)));
  statistics_.blocked += seconds_between(asked, std::max(asked, ended));
  statistics_.copy += step.copy;
  statistics_.exchange += step.copy;
  statistics_.encode += step.encode;
  statistics_.write += step.write;
  statistics_.raw_bytes += step.raw_bytes;
  statistics_.rounds += step.groups.size();
  if (step.failure) return;
  for (Batch& batch : step.batches) {
    for (const Batch::Slot& slot : batch.slots()) statistics_.stored_bytes += slot.encoded_bytes;
    batch.add_summaries(step.summaries);
  }
}

void AsyncRounds::recycle(std::unique_ptr<StepInFlight> step) noexcept {
  if (spare_.size() < spare_.capacity()) spare_.push_back(std::move(step->batches));
}

/// Steps are taken to be of one size.
std::size_t AsyncRounds::memory_bytes(const StepInFlight& step, std::size_t others) const noexcept {
  std::size_t total = loop_.peak_bytes();
  for (const Batch& batch : step.batches) total += others * batch.peak_bytes();
  for (const auto& batches : spare_) {
    for (const Batch& batch : batches) total += batch.peak_bytes();
  }
  for (const ChunkEncoder& encoder : encoders_) total += encoder.bytes();
  for (const Buffer& output : outputs_) total += output.size();
  for (const Batch& batch : step.batches) total += batch.peak_bytes();
  return total;
}

}  // namespace tessera::pipeline
