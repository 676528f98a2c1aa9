#include "pipeline/division.hpp"

#include <optional>
#include <utility>

#include "base/saturate.hpp"
#include "grid/balance.hpp"
#include "pipeline/planning_messages.hpp"

namespace tessera::pipeline {

namespace {

/// The chunks of several ranks that this one owns before anything is given away, and how many every rank owns then.
struct Owned {
  std::vector<grid::Holding> shared;
  std::vector<std::int64_t> by_rank;
};

std::int64_t count_owned(int rank, std::span<const grid::Piece> pieces) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool is_first = i == 0 || pieces[i].chunk != pieces[i - 1].chunk;
    count += is_first && pieces[i].owner == rank ? 1 : 0;
  }
  return count;
}

Owned vote(const comm::Communicator& comm, std::span<const Box> own, std::uint64_t turn, Division& division) {
  const grid::Lists registered = exchange(comm, [&] {
    division.pieces = grid::cut_at_chunks(division.grid, own, comm.rank());
    return grid::registrations(division.grid, division.pieces, comm.size());
  });
  grid::Entries entries;
  const grid::Lists answers = exchange(comm, [&] {
    entries = grid::keep_entries(division.grid, registered, turn);
    return std::move(entries.answers);
  });
  Owned owned;
  const comm::Gathered numbers = gather(comm, [&] {
    owned.shared = grid::hear_answers(comm.rank(), answers, division.pieces);
    owned.by_rank.reserve(static_cast<std::size_t>(comm.size()));
    for (const Box& box : own) division.own_cells = saturating_sum(division.own_cells, box.volume());
    return std::vector<std::int64_t>{count_owned(comm.rank(), division.pieces), division.own_cells,
                                     entries.shared_chunks, entries.overlap ? 1 : 0};
  });
  for (std::size_t at = 0; at < numbers.values.size(); at += 4) {
    owned.by_rank.push_back(numbers.values[at]);
    division.cells = saturating_sum(division.cells, numbers.values[at + 1]);
    division.shared_chunks += numbers.values[at + 2];
    division.overlap = division.overlap || numbers.values[at + 3] != 0;
  }
  return owned;
}

void give_away(const comm::Communicator& comm, const Owned& owned, Division& division) {
  if (grid::is_balanced(owned.by_rank)) return;
  const grid::Lists notices = exchange(comm, [&] {
    std::vector<grid::Transfer> mine = grid::balance(owned.by_rank);
    std::erase_if(mine, [&](const grid::Transfer& transfer) { return transfer.from != comm.rank(); });
    std::vector<grid::Gift> gifts;
    if (!mine.empty()) {
      gifts = grid::choose_gifts(mine, grid::all_holdings(comm.rank(), division.pieces, owned.shared));
    }
    return grid::give(gifts, owned.shared, comm.size(), division.pieces);
  });
  grid::take_notice(notices, division.pieces);
}

}  // namespace

Division divide(const comm::Communicator& comm, const grid::ChunkGrid& grid, std::span<const Box> own,
                std::uint64_t turn) {
  Division division;
  division.grid = grid;
  give_away(comm, vote(comm, own, turn, division), division);
  return division;
}

std::vector<grid::ChunkAxis> survey_axes(const comm::Communicator& comm, const Index& shape, std::span<const Box> own) {
  std::optional<grid::AxisSurvey> survey;
  const grid::Lists planes = exchange(comm, [&] {
    survey.emplace(shape, own, comm.size());
    return survey->planes();
  });
  const comm::Gathered numbers = gather(comm, [&] {
    survey->take_planes(planes);
    return survey->numbers();
  });
  const comm::Gathered faces = gather(comm, [&] {
    survey->take_numbers(numbers.values);
    return survey->faces();
  });
  return made_by_all(comm, [&] { return survey->take_faces(faces.values); });
}

}  // namespace tessera::pipeline
