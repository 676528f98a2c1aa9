#include "pipeline/division.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/saturate.hpp"
#include "grid/balance.hpp"

namespace tessera::pipeline {

namespace {

/// Of one field: the chunks of several ranks that this one owns before anything is given away, and how many every rank
/// owns then.
struct Owned {
  std::vector<grid::Holding> shared;
  std::vector<std::int64_t> by_rank;
};

/// All fields on their way to be divided.
struct Work {
  std::vector<std::shared_ptr<Division>> divisions;
  std::vector<DivisionRequest> requests;
  std::vector<Owned> owned;
  std::vector<std::size_t> unbalanced;  ///< items
};

std::int64_t count_owned(int rank, std::span<const grid::Piece> pieces) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool is_first = i == 0 || pieces[i].chunk != pieces[i - 1].chunk;
    count += is_first && pieces[i].owner == rank ? 1 : 0;
  }
  return count;
}

/// What a rank tells all others of a field once its chunks have owners.
constexpr std::size_t counts_of_item = 4;  // chunks owned, own cells, shared chunks kept, overlap

/// Adds up what all ranks told. The memory is there.
void take_counts(std::span<const std::int64_t> all, std::size_t items, Work& work) noexcept {
  for (std::size_t at = 0; at < all.size(); at += counts_of_item) {
    const std::size_t item = at / counts_of_item % items;
    Division& division = *work.divisions[item];
    work.owned[item].by_rank.push_back(all[at]);
    division.chunks = saturating_sum(division.chunks, all[at]);
    division.cells = saturating_sum(division.cells, all[at + 1]);
    division.shared_chunks += all[at + 2];
    division.overlap = division.overlap || all[at + 3] != 0;
  }
  for (std::size_t item = 0; item < items; ++item) {
    if (!grid::is_balanced(work.owned[item].by_rank)) work.unbalanced.push_back(item);
  }
}

void vote(const comm::Communicator& comm, std::size_t most_items,
          FunctionRef<std::optional<DivisionRequest>(std::size_t)> request_of, Work& work) {
  Bundle registered = exchange(comm, most_items, [&](std::size_t number) -> std::optional<grid::Lists> {
    const auto asked = request_of(number);
    if (!asked) return std::nullopt;
    const DivisionRequest& request = work.requests.emplace_back(*asked);
    Division& division = *work.divisions.emplace_back(std::make_shared<Division>());
    division.grid = request.grid;
    division.pieces = grid::cut_at_chunks(division.grid, request.own, comm.rank());
    return grid::registrations(division.grid, division.pieces, comm.size());
  });
  const std::size_t items = work.requests.size();
  if (items == 0) return;
  std::vector<grid::Entries> entries;
  Bundle answers = exchange(comm, items, [&](std::size_t item) {
    const DivisionRequest& request = work.requests[item];
    entries.push_back(grid::keep_entries(request.grid, registered.take(item), request.turn));
    return std::move(entries.back().answers);
  });
  const auto counts = gather_equal(comm, items, counts_of_item, [&](std::size_t item) {
    Division& division = *work.divisions[item];
    Owned& owned = work.owned.emplace_back();
    owned.shared = grid::hear_answers(comm.rank(), answers.take(item), division.pieces);
    owned.by_rank.reserve(comm.ranks());
    work.unbalanced.reserve(items);
    for (const Box& box : work.requests[item].own) division.own_cells = saturating_sum(division.own_cells, box.volume());
    return std::array<std::int64_t, counts_of_item>{count_owned(comm.rank(), division.pieces), division.own_cells,
                                                    entries[item].shared_chunks, entries[item].overlap ? 1 : 0};
  });
  take_counts(counts, items, work);
}

void give_away(const comm::Communicator& comm, Work& work) {
  if (work.unbalanced.empty()) return;
  Bundle notices = exchange(comm, work.unbalanced.size(), [&](std::size_t number) {
    const std::size_t item = work.unbalanced[number];
    const Owned& owned = work.owned[item];
    auto& pieces = work.divisions[item]->pieces;
    std::vector<grid::Transfer> mine = grid::balance(owned.by_rank);
    std::erase_if(mine, [&](const grid::Transfer& transfer) { return transfer.from != comm.rank(); });
    std::vector<grid::Gift> gifts;
    if (!mine.empty()) gifts = grid::choose_gifts(mine, grid::all_holdings(comm.rank(), pieces, owned.shared));
    return grid::give(gifts, owned.shared, comm.size(), pieces);
  });
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (std::size_t number = 0; number < work.unbalanced.size(); ++number) {
      grid::take_notice(notices.take(number), work.divisions[work.unbalanced[number]]->pieces);
    }
  });
  comm::conclude(comm, "planning", failure);
}

}  // namespace

std::vector<std::shared_ptr<Division>> divide(
    const comm::Communicator& comm, std::size_t items,
    FunctionRef<std::optional<DivisionRequest>(std::size_t)> request_of) {
  std::vector<std::shared_ptr<Division>> all;
  const std::size_t most = items_of_batch(comm);
  for (std::size_t begin = 0; begin < items; begin += most) {
    Work work;
    const auto request = [&](std::size_t number) {
      all.reserve(items);
      return request_of(begin + number);
    };
    vote(comm, std::min(most, items - begin), request, work);
    give_away(comm, work);
    std::ranges::move(work.divisions, std::back_inserter(all));
  }
  return all;
}

std::vector<grid::ChunkAxis> SurveyedAxes::take() {
  if (batches_[batch_].taken == batches_[batch_].surveys.size()) ++batch_;
  Batch& batch = batches_[batch_];
  return batch.surveys[batch.taken++].take_faces(batch.faces.take());
}

void SurveyedAxes::survey(const comm::Communicator& comm, std::size_t items, std::size_t batches,
                          FunctionRef<SurveyRequest(std::size_t)> request_of) {
  std::vector<grid::AxisSurvey> surveys;
  std::size_t numbers_of_rank = 0;
  Bundle planes = exchange(comm, items, [&](std::size_t item) {
    batches_.reserve(batches);
    const SurveyRequest request = request_of(item);
    numbers_of_rank += grid::AxisSurvey::count_of_numbers(request.shape);
    return surveys.emplace_back(request.shape, request.own, comm.size()).planes();
  });
  const auto numbers_of = [&](std::size_t item) {
    surveys[item].take_planes(planes.take(item));
    return surveys[item].numbers();
  };
  GatheredItems numbers = gather(comm, items, numbers_of, numbers_of_rank);
  GatheredItems faces = gather(comm, items, [&](std::size_t item) {
    surveys[item].take_numbers(numbers.take());
    return surveys[item].faces();
  });
  batches_.push_back({std::move(surveys), std::move(faces), 0});
}

SurveyedAxes survey_axes(const comm::Communicator& comm, std::size_t items,
                         FunctionRef<SurveyRequest(std::size_t)> request_of) {
  SurveyedAxes axes;
  const std::size_t most = items_of_batch(comm);
  for (std::size_t begin = 0; begin < items; begin += most) {
    axes.survey(comm, std::min(most, items - begin), (items + most - 1) / most,
                [&](std::size_t number) { return request_of(begin + number); });
  }
  return axes;
}

}  // namespace tessera::pipeline
