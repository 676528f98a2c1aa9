#include "pipeline/bands.hpp"

#include <algorithm>

#include "base/extents.hpp"
#include "base/fill_elements.hpp"
#include "pipeline/assemble_chunk.hpp"
#include "pipeline/piece_job.hpp"

namespace tessera::pipeline {

void Bands::reserve(std::size_t slots, std::size_t threads) {
  candidates_.reserve(slots);
  bands_.reserve(slots + threads);
}

void Bands::clear() noexcept {
  candidates_.clear();
  bands_.clear();
}

void Bands::add(const Batch& batch, Batch::Slot& slot, const FieldSource& source) {
  const OwnChunk& chunk = *slot.chunk;
  if (slot.is_assembled || chunk.local.size() != 1 || !chunk.remote.empty()) return;
  const LocalPiece& piece = chunk.local.front();
  const bool has_one_array = source.put(piece.number).array.parts.empty();
  if (!has_one_array || piece.part.rank() == 0) return;
  candidates_.push_back({&slot, &piece, &source, batch.buffer_of(slot).first(slot.raw_bytes)});
}

bool Bands::are_neighbours(const Candidate& a, const Candidate& b) {
  const std::size_t axes = a.piece->part.rank();
  if (a.source != b.source || a.piece->number != b.piece->number || axes < 2) return false;
  Box expected = a.piece->part;
  expected.lower[axes - 1] = a.piece->part.upper[axes - 1];
  expected.upper[axes - 1] = b.piece->part.upper[axes - 1];
  return expected == b.piece->part;
}

bool Bands::has_whole_rows(const Candidate& first, const Candidate& last) {
  const PutBox& put = first.source->put(first.piece->number);
  const std::size_t axis = put.box.rank() - 1;
  return first.slot != last.slot && put.array.strides[axis] == first.source->field().components &&
         first.piece->part.lower[axis] == put.box.lower[axis] && last.piece->part.upper[axis] == put.box.upper[axis];
}

void Bands::find(Which which, std::size_t threads) {
  for (std::size_t first = 0; first < candidates_.size();) {
    std::size_t last = first + 1;
    while (last < candidates_.size() && are_neighbours(candidates_[last - 1], candidates_[last])) ++last;
    if (which == Which::all || has_whole_rows(candidates_[first], candidates_[last - 1])) {
      const Box& part = candidates_[first].piece->part;
      bands_.push_back({first, last - first, part.lower[0], part.upper[0]});
      for (std::size_t number = first; number < last; ++number) candidates_[number].slot->is_assembled = true;
    }
    first = last;
  }
  cut(threads);
}

/// So that each thread has one that is worth waking it.
void Bands::cut(std::size_t threads) {
  constexpr std::size_t least_bytes = std::size_t{64} << 10;
  const std::size_t whole = bands_.size();
  if (whole == 0 || whole >= threads) return;
  const auto parts = static_cast<std::int64_t>((threads - 1) / whole + 1);
  for (std::size_t number = 0; number < whole; ++number) {
    const Band band = bands_[number];
    const std::int64_t length = band.upper - band.lower;
    const std::size_t bytes = band.count * candidates_[band.first].raw.size();
    const std::int64_t count = std::min({parts, length, static_cast<std::int64_t>(bytes / least_bytes + 1)});
    bands_[number].upper = band.lower + length / count;
    for (std::int64_t part = 1; part < count; ++part) {
      bands_.push_back(
          {band.first, band.count, band.lower + length * part / count, band.lower + length * (part + 1) / count});
    }
  }
}

/// The layers of a chunk that a band has, before its cells come; the first and the last have what lies beyond them.
void Bands::fill_layers(const Candidate& candidate, const Band& band) {
  const schema::Field& field = candidate.source->field();
  const grid::ChunkGrid& grid = candidate.source->data().plan->grid;
  const Box& part = candidate.piece->part;
  const std::int64_t lower = grid.cells_of(candidate.slot->chunk->number).lower[0];
  const std::int64_t first = band.lower == part.lower[0] ? 0 : band.lower - lower;
  const std::int64_t last = band.upper == part.upper[0] ? grid.chunk[0] : band.upper - lower;
  const std::size_t layer_bytes = candidate.raw.size() / static_cast<std::size_t>(grid.chunk[0]);
  const auto layers = candidate.raw.subspan(static_cast<std::size_t>(first) * layer_bytes,
                                            static_cast<std::size_t>(last - first) * layer_bytes);
  fill_elements(layers, field.fill ? std::span<const std::byte>(*field.fill) : std::span<const std::byte>());
}

void Bands::assemble(std::size_t number, pack::Stores stores) const {
  const Band& band = bands_[number];
  std::vector<pack::PackJob> jobs;
  jobs.reserve(band.count);
  for (const Candidate& candidate : std::span(candidates_).subspan(band.first, band.count)) {
    if (!candidate.slot->chunk->whole) fill_layers(candidate, band);
    const FieldSource& source = *candidate.source;
    Box part = candidate.piece->part;
    part.lower[0] = band.lower;
    part.upper[0] = band.upper;
    each_piece_job(source.field(), source.put(candidate.piece->number), part,
                   place_in_chunk(*candidate.slot, part, candidate.raw),
                   row_major_strides(source.data().plan->grid.chunk),
                   [&](const pack::PackJob& job) { jobs.push_back(job); });
  }
  if (pack::pack_side_by_side(jobs, stores)) return;
  for (const pack::PackJob& job : jobs) pack::pack_here(job);
}

}  // namespace tessera::pipeline
