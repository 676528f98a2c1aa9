#include "reader/read_units.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/round_up.hpp"

namespace tessera::detail {

namespace {

/// Enough that a message costs little against its bytes.
constexpr std::size_t unit_bytes = std::size_t{1} << 20;

std::size_t bytes_of(const Box& part, const schema::Field& field) {
  return static_cast<std::size_t>(part.volume() * field.cell_bytes());
}

/// The number of a chunk's unit in its source: the same on every rank.
std::uint64_t unit_of(const ReadSources& sources, const ChunkKey& key) {
  const std::size_t chunk = chunk_bytes_of(sources.stored(key.source).field);
  return key.number / std::max<std::size_t>(1, unit_bytes / std::max<std::size_t>(1, chunk));
}

/// What one rank gets of a unit: of which of its chunks, which cells.
using Contents = std::vector<std::pair<std::size_t, Box>>;

/// Lays out the messages of a unit whose chunks are there.
void lay_out_messages(ReadUnit& unit, const schema::Field& field, int self) {
  std::map<int, Contents> by_rank;
  for (std::size_t number = 0; number < unit.chunks.size(); ++number) {
    for (const OwnPiece& piece : unit.chunks[number].chunk->pieces) {
      if (piece.to != self) by_rank[piece.to].emplace_back(number, piece.part);
    }
  }
  const Contents* before = nullptr;
  for (const auto& [to, contents] : by_rank) {
    if (before != nullptr && contents == *before) {
      unit.messages.push_back({to, unit.messages.back().offset, unit.messages.back().bytes});
      continue;
    }
    before = &contents;
    UnitMessage message{to, unit.message_bytes, 0};
    for (const auto& [number, part] : contents) {
      unit.chunks[number].packed.push_back({part, message.offset + message.bytes});
      message.bytes += bytes_of(part, field);
    }
    unit.message_bytes += round_up(message.bytes, std::size_t{8});
    unit.messages.push_back(message);
  }
}

}  // namespace

std::size_t chunk_bytes_of(const schema::Field& field) {
  return static_cast<std::size_t>(chunk_grid(field).chunk_volume() * field.cell_bytes());
}

ReadUnits make_units(const ReadSources& sources, const ReadPlan& plan, int self) {
  ReadUnits units;
  const auto same_unit = [&](const ChunkKey& a, const ChunkKey& b) {
    return a.source == b.source && unit_of(sources, a) == unit_of(sources, b);
  };
  for (const OwnChunk& chunk : plan.chunks) {
    if (units.own.empty() || !same_unit(units.own.back().chunks.back().chunk->key, chunk.key)) units.own.emplace_back();
    units.own.back().chunks.push_back({&chunk, {}});
  }
  for (ReadUnit& unit : units.own) {
    lay_out_messages(unit, sources.stored(unit.chunks.front().chunk->key.source).field, self);
  }
  units.pieces = plan.arriving;
  // Of one unit by owner, of one owner as it packs them.
  const auto order = [&](const RemotePiece& piece) {
    return std::tuple(piece.wanted.chunk.source, unit_of(sources, piece.wanted.chunk), piece.owner);
  };
  std::ranges::stable_sort(units.pieces, {}, order);
  for (std::size_t begin = 0, end = 0; begin < units.pieces.size(); begin = end) {
    Arrival arrival{units.pieces[begin].owner, {}, 0};
    const schema::Field& field = sources.stored(units.pieces[begin].wanted.chunk.source).field;
    for (; end < units.pieces.size() && order(units.pieces[end]) == order(units.pieces[begin]); ++end) {
      arrival.bytes += bytes_of(units.pieces[end].wanted.part, field);
    }
    arrival.pieces = std::span(units.pieces).subspan(begin, end - begin);
    units.largest_message = std::max(units.largest_message, arrival.bytes);
    units.arriving.push_back(arrival);
  }
  return units;
}

}  // namespace tessera::detail
