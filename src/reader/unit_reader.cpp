#include "reader/unit_reader.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "reader/chunk_cells.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

/// Chunks that are smaller are read together up to this.
constexpr std::uint64_t read_bytes = std::uint64_t{4} << 20;

void fill(std::span<std::byte> elements, std::span<const std::byte> value) {
  for (std::size_t at = 0; at < elements.size(); at += value.size()) {
    std::ranges::copy(value, elements.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

/// Where a cell of a chunk lies in it, in elements.
std::size_t offset_in(const schema::Field& field, const Index& begin, const Index& cell, const Index& strides) {
  std::int64_t cells = 0;
  for (std::size_t axis = 0; axis < cell.size(); ++axis) cells += (cell[axis] - begin[axis]) * strides[axis];
  return static_cast<std::size_t>(cells * field.components);
}

/// Of what is larger than a core's caches nothing is left in them when it is complete.
codec::Stores stores_for(const schema::Field& field, const GetBox& asked) {
  constexpr std::int64_t large = std::int64_t{4} << 20;
  return asked.box.volume() * field.cell_bytes() < large ? codec::Stores::usual : codec::Stores::past_caches;
}

Error damaged(const ReadJob& job, const ChunkKey& key, const Error& error) {
  return {error.code(), job.sources->described(key, job.step) + ": " + error.what() +
                            "; the file was damaged after it was written: take a copy of it, or another step"};
}

}  // namespace

std::string step_text(const schema::StoredRun& run, std::int64_t step) {
  return (step < 0 ? "the static fields" : "step " + std::to_string(step)) + " of " + run.described();
}

void UnitReader::read(const ReadJob& job, const ReadUnit& unit, std::span<std::byte> messages) {
  const std::size_t source = unit.chunks.front().chunk->key.source;
  const schema::StoredField& stored = job.sources->stored(source);
  std::shared_ptr<const storage::ReadOnlyFile> file;
  const bool is_stored =
      std::ranges::any_of(unit.chunks, [](const UnitChunk& one) { return one.chunk->place.has_value(); });
  if (is_stored) file = job.files->open(job.sources->file(source));
  std::size_t loaded = 0;
  for (std::size_t number = 0; number < unit.chunks.size(); ++number) {
    const OwnChunk& chunk = *unit.chunks[number].chunk;
    codec::Decoded decoded;
    try {
      if (chunk.place && number >= loaded) loaded = load(*file, unit, number);
      decoded = chunk.place ? decode(stored, chunk) : filled(stored);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::hdf5 && error.code() != ErrorCode::storage) throw;
      throw damaged(job, chunk.key, error);
    }
    hand_out(job, stored, unit.chunks[number], decoded, messages);
  }
}

std::size_t UnitReader::load(const storage::ReadOnlyFile& file, const ReadUnit& unit, std::size_t first) {
  const auto& place = *unit.chunks[first].chunk->place;
  begin_ = place.address;
  std::uint64_t size = place.size;
  std::size_t end = first + 1;
  for (; end < unit.chunks.size(); ++end) {
    const auto& next = unit.chunks[end].chunk->place;
    if (!next || next->address != begin_ + size || size + next->size > read_bytes) break;
    size += next->size;
  }
  // Before there is memory for it: what is damaged may say anything.
  const std::uint64_t length = file.size();
  if (begin_ > length || size > length - begin_) {
    throw Error(ErrorCode::storage, "its " + std::to_string(size) + " bytes at " + std::to_string(begin_) +
                                        " lie beyond the end of the file at " + std::to_string(length));
  }
  encoded_.reserve(size);
  file.read(begin_, encoded_.first(size));
  return end;
}

codec::Decoded UnitReader::decode(const schema::StoredField& stored, const OwnChunk& chunk) {
  const auto bytes = encoded_.first(encoded_.size()).subspan(chunk.place->address - begin_, chunk.place->size);
  return decoder_.decode(stored.storage.filters, bytes, chunk.place->mask, chunk_bytes_of(stored.field));
}

/// A chunk that nobody wrote.
codec::Decoded UnitReader::filled(const schema::StoredField& stored) {
  elements_.reserve(chunk_bytes_of(stored.field));
  const auto elements = elements_.first(chunk_bytes_of(stored.field));
  fill(elements, stored.storage.fill);
  return {elements, 1};
}

void UnitReader::hand_out(const ReadJob& job, const schema::StoredField& stored, const UnitChunk& unit,
                          const codec::Decoded& decoded, std::span<std::byte> messages) {
  const schema::Field& field = stored.field;
  const Index strides = row_major_strides(field.chunk);
  const Index begin = job.sources->cells_of(unit.chunk->key).lower;
  ChunkCells cells(decoded, field.stored, elements_);
  const auto first = [&](const Box& part) { return offset_in(field, begin, part.lower, strides); };
  for (const PackedPiece& piece : unit.packed) {
    cells.copy(piece_job(field, piece.part, nullptr, strides, messages.data() + piece.offset), first(piece.part),
               codec::Stores::usual);
  }
  for (const OwnPiece& piece : unit.chunk->pieces) {
    if (piece.to != job.self) continue;
    const GetBox& asked = job.boxes[piece.box];
    each_spread_job(field, asked, piece.part, nullptr, field.stored, strides,
                    [&](const pack::PackJob& part, std::size_t behind) {
                      cells.copy(part, first(piece.part) + behind, stores_for(field, asked));
                    });
  }
}

}  // namespace tessera::detail
