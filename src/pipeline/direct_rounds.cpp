#include <algorithm>
#include <cstring>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "pipeline/direct_engine.hpp"
#include "pipeline/direct_writing.hpp"
#include "pipeline/piece_job.hpp"

/// \file
/// The rounds of a commit: pack, exchange, encode, place, write.

namespace tessera::pipeline {

namespace {

constexpr std::uint64_t alignment = 8;

std::uint64_t aligned(std::uint64_t size) { return (size + alignment - 1) / alignment * alignment; }

std::size_t bytes_of(std::int64_t cells, const schema::Field& field) {
  return static_cast<std::size_t>(cells * field.cell_bytes());
}

/// Fills a chunk with the field's fill value, or with zeros beyond its edge.
void prefill(const schema::Field& field, std::span<std::byte> chunk) {
  if (field.fill.empty()) {
    std::fill(chunk.begin(), chunk.end(), std::byte{0});
    return;
  }
  for (std::size_t at = 0; at < chunk.size(); at += field.fill.size()) {
    std::memcpy(chunk.data() + at, field.fill.data(), field.fill.size());
  }
}

}  // namespace

/// Makes sure that the memory of a round is there before a commit: later no rank may fail alone.
void DirectEngine::reserve(const schema::Field& field, const ChunkPlan& plan) {
  const std::size_t chunk_bytes = bytes_of(plan.grid.chunk_volume(), field);
  std::vector<std::size_t> chunks(static_cast<std::size_t>(plan.rounds), 0);
  for (const OwnChunk& chunk : plan.chunks) ++chunks[static_cast<std::size_t>(chunk.round)];
  const std::size_t most = chunks.empty() ? 0 : *std::max_element(chunks.begin(), chunks.end());
  if (most > 0 && raw_.size() < chunk_bytes) raw_.resize(chunk_bytes);
  const std::size_t batch = most * aligned(chunk_bytes);
  if (batch_.bytes.size() < batch) batch_.bytes.resize(batch);
  const auto fit = [&](const auto& messages, std::vector<std::vector<std::byte>>& buffers) {
    std::size_t position = 0;
    int round = -1;
    for (const auto& message : messages) {
      position = message.round == round ? position + 1 : 0;
      round = message.round;
      if (buffers.size() <= position) buffers.resize(position + 1);
      if (buffers[position].size() < bytes_of(message.cells, field)) buffers[position].resize(bytes_of(message.cells, field));
    }
  };
  fit(plan.incoming, incoming_);
  fit(plan.outgoing, outgoing_);
  std::size_t total = raw_.size() + batch_.bytes.size();
  for (const auto& buffer : incoming_) total += buffer.size();
  for (const auto& buffer : outgoing_) total += buffer.size();
  peak_bytes_ = std::max(peak_bytes_, total);
}

std::shared_ptr<const ChunkPlan> DirectEngine::plan(const schema::Field& field, std::span<const grid::OwnedBox> all) {
  const grid::ChunkGrid chunks{field.shape(), field.chunk};
  std::int64_t own_cells = 0;
  for (const grid::OwnedBox& owned : all) {
    if (owned.rank == comm_.rank()) own_cells += owned.box.volume();
  }
  constexpr std::size_t least = std::size_t{64} << 20;
  const std::size_t budget =
      settings_.memory_budget != 0 ? settings_.memory_budget : std::max(least, bytes_of(own_cells, field) / 4);
  // A chunk of a round takes its encoded bytes and, in the worst case, once more as pieces that arrive and that leave.
  const std::size_t per_chunk = 3 * bytes_of(chunks.chunk_volume(), field);
  const auto per_round = static_cast<std::int64_t>(std::clamp<std::size_t>(budget / per_chunk, 1, 1 << 20));
  auto plan = std::make_shared<ChunkPlan>(plan_chunks(comm_, chunks, all, per_round));
  std::optional<Error> failure;
  attempt(failure, [&] {
    reserve(field, *plan);
    encoder_of(field);
    memories_.try_emplace(field.path);
  });
  comm::agree(comm_, {"planning", std::move(failure)});
  return plan;
}

codec::Encoder& DirectEngine::encoder_of(const schema::Field& field) {
  auto& encoder = encoders_[{field.codec.level, field.codec.shuffle}];
  if (!encoder) encoder = codec::make_encoder(field.codec);
  return *encoder;
}

void DirectEngine::write_field(const FieldData& data, Writing& writing) {
  writing.placed.emplace_back();
  writing.copies.clear();
  attempt(writing.failure, [&] {
    for (const PutBox& put : data.puts) writing.copies.push_back(put.array.host_copy ? put.array.host_copy() : nullptr);
  });
  for (int round = 0; round < data.plan->rounds; ++round) {
    batch_.used = 0;
    batch_.chunks.clear();
    comm::Messages messages(comm_);
    receive_pieces(data, round, messages);
    send_pieces(data, round, messages, writing);
    encode_chunks(data, round, false, writing);
    messages.finish();
    encode_chunks(data, round, true, writing);
    write_batch(writing);
  }
  writing.copies.clear();
}

void DirectEngine::receive_pieces(const FieldData& data, int round, comm::Messages& messages) {
  std::size_t position = 0;
  for (const Incoming& message : data.plan->incoming) {
    if (message.round != round) continue;
    auto& buffer = incoming_[position++];
    messages.receive(message.from, round % 2, std::span(buffer).first(bytes_of(message.cells, *data.field)));
  }
}

/// A rank that cannot pack sends what is in its buffer: nobody will publish it.
void DirectEngine::send_pieces(const FieldData& data, int round, comm::Messages& messages, Writing& writing) {
  const schema::Field& field = *data.field;
  std::size_t position = 0;
  for (const Outgoing& message : data.plan->outgoing) {
    if (message.round != round) continue;
    auto& buffer = outgoing_[position++];
    attempt(writing.failure, [&] {
      std::byte* target = buffer.data();
      for (const LocalPiece& piece : message.pieces) {
        const PutBox& put = data.puts[static_cast<std::size_t>(piece.number)];
        const auto& copy = writing.copies.at(static_cast<std::size_t>(piece.number));
        pack::pack(piece_job(field, put, copy ? copy.get() : put.array.data, piece.part, target,
                             row_major_strides(piece.part.extents())));
        target += bytes_of(piece.part.volume(), field);
      }
    });
    messages.send(message.to, round % 2, std::span(buffer).first(bytes_of(message.cells, field)));
  }
}

/// Brings all pieces of a chunk into `raw_`.
void DirectEngine::assemble(const FieldData& data, const OwnChunk& chunk, const Writing& writing) {
  const schema::Field& field = *data.field;
  const grid::ChunkGrid& grid = data.plan->grid;
  const std::span<std::byte> raw = std::span(raw_).first(bytes_of(grid.chunk_volume(), field));
  if (!chunk.whole) prefill(field, raw);
  const Index strides = row_major_strides(grid.chunk);
  const Index lower = grid.cells_of(chunk.number).lower;
  const auto place_of = [&](const Box& part) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < lower.size(); ++axis) offset += (part.lower[axis] - lower[axis]) * strides[axis];
    return raw.data() + bytes_of(offset, field);
  };
  for (const LocalPiece& piece : chunk.local) {
    const PutBox& put = data.puts[static_cast<std::size_t>(piece.number)];
    const auto& copy = writing.copies.at(static_cast<std::size_t>(piece.number));
    pack::pack(piece_job(field, put, copy ? copy.get() : put.array.data, piece.part, place_of(piece.part), strides));
  }
  for (const RemotePiece& piece : chunk.remote) {
    const std::size_t first = static_cast<std::size_t>(
        std::find_if(data.plan->incoming.begin(), data.plan->incoming.end(),
                     [&](const Incoming& message) { return message.round == chunk.round; }) -
        data.plan->incoming.begin());
    const std::byte* source = incoming_[piece.message - first].data() + bytes_of(piece.offset, field);
    pack::pack(arrived_job(field, piece.part, source, place_of(piece.part), strides));
  }
}

void DirectEngine::encode_chunks(const FieldData& data, int round, bool with_remote, Writing& writing) {
  attempt(writing.failure, [&] {
    const std::size_t chunk_bytes = bytes_of(data.plan->grid.chunk_volume(), *data.field);
    codec::Encoder& encoder = encoder_of(*data.field);
    codec::FieldMemory& memory = memories_.at(data.field->path);
    for (const OwnChunk& chunk : data.plan->chunks) {
      if (chunk.round != round || chunk.remote.empty() == with_remote) continue;
      assemble(data, chunk, writing);
      const auto out = std::span(batch_.bytes).subspan(batch_.used);
      const codec::Chunk whole{std::span(raw_).first(chunk_bytes), size_of(data.field->stored)};
      const codec::Encoded encoded = encoder.encode(whole, memory, out);
      batch_.chunks.push_back(
          {chunk.number, batch_.used, static_cast<std::uint32_t>(encoded.size), encoded.filter_mask});
      batch_.used += encoded.size;
    }
  });
}

/// Place and write: all ranks' batches follow each other at the end of the file.
void DirectEngine::write_batch(Writing& writing) {
  const comm::Range range = comm::place(comm_, aligned(batch_.used));
  const std::uint64_t address = writing.end + range.begin;
  if (!writing.failure) {
    attempt(writing.failure, [&] { file_->write(address, std::span(batch_.bytes).first(batch_.used)); });
  }
  for (hdf5::PlacedChunk chunk : batch_.chunks) {
    chunk.address += address;
    writing.placed.back().push_back(chunk);
  }
  writing.end += range.total;
}

}  // namespace tessera::pipeline
