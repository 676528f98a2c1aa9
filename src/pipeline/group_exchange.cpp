#include "pipeline/group_exchange.hpp"

#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "comm/message_tags.hpp"
#include "pipeline/piece_job.hpp"

namespace tessera::pipeline {

namespace {

/// What leaves in one round is not bounded by the round's chunks (a rank may have to send all that it has), so only so
/// much of it is under way at a time, or the largest message.
constexpr std::size_t send_bytes = std::size_t{8} << 20;

/// Messages between two ranks arrive in the order in which both begin them.
constexpr int tag = comm::of_groups;

/// Pieces one after the other, each contiguous in C order.
void pack_pieces(const FieldSource& source, const std::vector<LocalPiece>& pieces, std::byte* target) {
  for (const LocalPiece& piece : pieces) {
    each_piece_job(source.field(), source.put(piece.number), piece.part, target,
                   row_major_strides(piece.part.extents()), [](const pack::PackJob& job) { pack::pack_here(job); });
    target += bytes_of(piece.part.volume(), source.field());
  }
}

}  // namespace

void GroupExchange::reserve(const schema::Field& field, const ChunkPlan& plan, std::size_t group_bytes) {
  if (!plan.incoming.empty()) {
    const std::int64_t round_cells = plan.max_chunks * plan.grid.chunk_volume();
    incoming_.reserve(std::max(group_bytes, bytes_of(round_cells, field)));
  }
  std::int64_t largest = 0;
  for (const Outgoing& message : plan.outgoing) largest = std::max(largest, message.cells);
  if (largest > 0) outgoing_.reserve(std::max(send_bytes, bytes_of(largest, field)));
}

void GroupExchange::reserve_messages(std::span<const Unit> group) {
  std::size_t receives = 0;
  std::size_t sends = 0;
  std::int64_t most = 0;
  for (const Unit& unit : group) {
    const auto incoming = of_round(unit.data->plan->incoming, unit.round);
    const auto outgoing = of_round(unit.data->plan->outgoing, unit.round);
    receives += incoming.size();
    sends += outgoing.size();
    for (const Incoming& message : incoming) most = std::max(most, message.cells * unit.data->field->cell_bytes());
    for (const Outgoing& message : outgoing) most = std::max(most, message.cells * unit.data->field->cell_bytes());
  }
  arrivals_.reserve(group.size());
  begins_.reserve(receives);
  messages_.reserve(receives, sends, static_cast<std::size_t>(most));
}

void GroupExchange::begin(std::span<const Unit> group, std::optional<Error>& failure) {
  messages_.finish_sending();  // of the group before
  received_bytes_ = sent_bytes_ = 0;
  arrivals_.clear();
  begins_.clear();
  for (const Unit& unit : group) receive(unit);
  for (const Unit& unit : group) send(unit, failure);
}

void GroupExchange::receive(const Unit& unit) {
  const ChunkPlan& plan = *unit.data->plan;
  const auto incoming = of_round(plan.incoming, unit.round);
  Arrivals& arrivals = arrivals_.emplace_back();
  arrivals.first = incoming.empty() ? 0 : static_cast<std::size_t>(incoming.data() - plan.incoming.data());
  arrivals.begins = begins_.size();
  for (const Incoming& message : incoming) {
    begins_.push_back(received_bytes_);
    const std::size_t size = bytes_of(message.cells, *unit.data->field);
    messages_.receive(message.from, tag, {incoming_.data() + received_bytes_, size});
    received_bytes_ += size;
  }
}

void GroupExchange::send(const Unit& unit, std::optional<Error>& failure) {
  for (const Outgoing& message : of_round(unit.data->plan->outgoing, unit.round)) {
    const std::size_t size = bytes_of(message.cells, *unit.data->field);
    if (sent_bytes_ + size > outgoing_.size()) {
      messages_.finish_sending();
      sent_bytes_ = 0;
    }
    const std::span<std::byte> buffer(outgoing_.data() + sent_bytes_, size);
    attempt(failure, [&] {
      if (unit.source) pack_pieces(*unit.source, message.pieces, buffer.data());
    });
    messages_.send(message.to, tag, buffer);
    sent_bytes_ += size;
    peak_bytes_ = std::max(peak_bytes_, received_bytes_ + sent_bytes_);
  }
  peak_bytes_ = std::max(peak_bytes_, received_bytes_ + sent_bytes_);
}

const std::byte* GroupExchange::arrived(std::size_t unit, const RemotePiece& piece, const schema::Field& field) const {
  const Arrivals& arrivals = arrivals_.at(unit);
  return incoming_.data() + begins_.at(arrivals.begins + piece.message - arrivals.first) +
         bytes_of(piece.offset, field);
}

}  // namespace tessera::pipeline
