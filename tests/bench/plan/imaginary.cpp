#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include "grid/axis_survey.hpp"
#include "grid/balance.hpp"
#include "grid/chunk_choice.hpp"
#include "plan/measured.hpp"

namespace bench {

namespace {

using tessera::Box;
using namespace tessera::grid;

/// Runs `work(rank)` for every rank; adds the mean time to `seconds`.
template <class Work>
void each_rank(std::size_t ranks, double& seconds, const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t rank = 0; rank < ranks; ++rank) work(rank);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  seconds += passed.count() / static_cast<double>(ranks);
}

/// `sent[from][to]` becomes `result[to][from]`; notes the most that a rank gets.
std::vector<Lists> delivered(std::vector<Lists> sent, double& sent_bytes) {
  std::vector<Lists> result(sent.size(), Lists(sent.size()));
  std::size_t most = 0;
  for (std::size_t to = 0; to < sent.size(); ++to) {
    std::size_t bytes = 0;
    for (std::size_t from = 0; from < sent.size(); ++from) {
      if (from != to) bytes += sent[from][to].size() * sizeof(std::int64_t);
      result[to][from] = std::move(sent[from][to]);
    }
    most = std::max(most, bytes);
  }
  sent_bytes += static_cast<double>(most);
  return result;
}

std::vector<std::int64_t> joined(const Lists& lists) {
  std::vector<std::int64_t> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

ChunkChoice survey(const Cubes& cubes, const std::vector<std::vector<Box>>& boxes, Measured& result) {
  const std::size_t ranks = boxes.size();
  std::vector<AxisSurvey> surveys;
  std::vector<Lists> planes(ranks);
  each_rank(ranks, result.survey, [&](std::size_t rank) {
    surveys.emplace_back(cubes.shape(), boxes[rank], cubes.ranks);
    planes[rank] = surveys.back().planes();
  });
  planes = delivered(std::move(planes), result.sent_bytes);
  Lists numbers(ranks);
  each_rank(ranks, result.survey, [&](std::size_t rank) {
    surveys[rank].take_planes(planes[rank]);
    numbers[rank] = surveys[rank].numbers();
  });
  const std::vector<std::int64_t> all_numbers = joined(numbers);
  Lists faces(ranks);
  each_rank(ranks, result.survey, [&](std::size_t rank) {
    surveys[rank].take_numbers(all_numbers);
    faces[rank] = surveys[rank].faces();
  });
  const std::vector<std::int64_t> all_faces = joined(faces);
  ChunkRequest request;
  request.shape = cubes.shape();
  ChunkChoice choice;
  each_rank(ranks, result.survey,
            [&](std::size_t rank) { choice = choose_chunk(request, surveys[rank].take_faces(all_faces)); });
  return choice;
}

std::int64_t count_owned(std::size_t rank, const std::vector<Piece>& pieces) {
  return std::ssize(all_holdings(static_cast<int>(rank), pieces, {}));
}

void divide(const Cubes& cubes, const std::vector<std::vector<Box>>& boxes, const ChunkGrid& grid, Measured& result) {
  const std::size_t ranks = boxes.size();
  std::vector<std::vector<Piece>> pieces(ranks);
  std::vector<Lists> sent(ranks);
  each_rank(ranks, result.directory, [&](std::size_t rank) {
    pieces[rank] = cut_at_chunks(grid, boxes[rank], static_cast<int>(rank));
    sent[rank] = registrations(grid, pieces[rank], cubes.ranks);
  });
  sent = delivered(std::move(sent), result.sent_bytes);
  std::vector<Lists> answers(ranks);
  std::int64_t shared_chunks = 0;
  each_rank(ranks, result.directory, [&](std::size_t rank) {
    Entries entries = resolve_entries(grid, sent[rank], 0);
    shared_chunks += entries.shared_chunks;
    answers[rank] = std::move(entries.answers);
  });
  answers = delivered(std::move(answers), result.sent_bytes);
  std::vector<std::vector<Holding>> shared(ranks);
  std::vector<std::int64_t> owned(ranks);
  each_rank(ranks, result.directory, [&](std::size_t rank) {
    shared[rank] = apply_answers(static_cast<int>(rank), answers[rank], pieces[rank]);
    owned[rank] = count_owned(rank, pieces[rank]);
  });
  std::vector<Lists> notices(ranks);
  std::vector<Transfer> transfers;
  each_rank(ranks, result.directory, [&](std::size_t rank) {
    std::vector<Transfer> mine = transfers = balance(owned);
    std::erase_if(mine, [&](const Transfer& transfer) { return transfer.from != static_cast<int>(rank); });
    std::vector<Migration> migrations;
    if (!mine.empty())
      migrations = choose_migrations(mine, all_holdings(static_cast<int>(rank), pieces[rank], shared[rank]));
    notices[rank] = migrate(migrations, shared[rank], cubes.ranks, pieces[rank]);
  });
  for (const Transfer& transfer : transfers) {
    owned[static_cast<std::size_t>(transfer.from)] -= transfer.count;
    owned[static_cast<std::size_t>(transfer.to)] += transfer.count;
  }
  const auto chunks = static_cast<double>(std::accumulate(owned.begin(), owned.end(), std::int64_t{0}));
  result.shared = static_cast<double>(shared_chunks) / chunks;
  result.max_chunks = static_cast<double>(std::ranges::max(owned)) * static_cast<double>(ranks) / chunks;
}

}  // namespace

Measured with_imaginary_ranks(const Cubes& cubes) {
  Measured result;
  const auto boxes = cubes.by_rank();
  const ChunkChoice choice = survey(cubes, boxes, result);
  divide(cubes, boxes, {cubes.shape(), choice.chunk}, result);
  return result;
}

}  // namespace bench
