#include <mpi.h>

#include <algorithm>

#include <tessera/error.hpp>

#include "comm/messages.hpp"
#include "grid/chunk_choice.hpp"
#include "grid/overlap.hpp"
#include "median.hpp"
#include "pipeline/all_boxes.hpp"
#include "pipeline/division.hpp"
#include "pipeline/plan_cache.hpp"
#include "plan/heap.hpp"
#include "plan/measured.hpp"
#include "slowest_rank.hpp"
#include "support/one_plan.hpp"

namespace bench {

namespace {

using namespace tessera;
using namespace tessera_test;

double most(double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return value;
}

/// What error messages need, and what made every plan once.
void gather_all(const comm::Communicator& comm, const pipeline::OwnBoxes& own) {
  const pipeline::AllBoxes all = pipeline::gather_boxes(comm, own);
  std::vector<grid::OwnedBox> mine;
  std::ranges::copy_if(all.at(0), std::back_inserter(mine),
                       [&](const grid::OwnedBox& box) { return box.rank == comm.rank(); });
  if (grid::find_overlap(mine, all.at(0))) throw Error(ErrorCode::internal, "an overlap");
}

}  // namespace

Measured with_real_ranks(const Cubes& cubes, int repetitions) {
  const comm::Communicator comm(MPI_COMM_WORLD);
  pipeline::OwnBoxes own;
  own[0] = cubes.by_rank()[static_cast<std::size_t>(comm.rank())];
  Measured result;
  std::vector<double> survey, directory, messages, recognized;
  for (int i = 0; i < repetitions; ++i) {
    grid::ChunkRequest request;
    request.shape = cubes.shape();
    grid::ChunkChoice choice;
    std::shared_ptr<const pipeline::ChunkPlan> plan;
    result.peak_bytes = most(peak_heap([&] {
      survey.push_back(
          slowest_rank([&] { choice = grid::choose_chunk(request, survey_one(comm, request.shape, own[0])); }));
      std::shared_ptr<const pipeline::Division> division;
      directory.push_back(slowest_rank([&] { division = divide_one(comm, {request.shape, choice.chunk}, own[0]); }));
      messages.push_back(slowest_rank([&] { plan = plan_one(comm, division, 8); }));
      result.shared = static_cast<double>(division->shared_chunks) / static_cast<double>(choice.chunks);
    }));
    result.plan_bytes = most(static_cast<double>(pipeline::memory_of(*plan)));
    pipeline::PlanCache cache;
    auto remembered = std::make_unique<pipeline::Plan>();
    *remembered = {own, {0}, {{0, plan}}};
    cache.prepare(*remembered);
    cache.add(std::move(remembered), 0);
    recognized.push_back(slowest_rank([&] { cache.common(cache.matches(own)); }));
  }
  const auto boxes = static_cast<double>(cubes.boxes_per_rank);
  if (boxes * boxes * cubes.ranks < 1e9) {  // else it takes minutes
    result.gather_bytes = most(peak_heap([&] { result.gather = slowest_rank([&] { gather_all(comm, own); }); }));
  }
  result.survey = median(survey);
  result.directory = median(directory);
  result.messages = median(messages);
  result.recognized = median(recognized);
  return result;
}

}  // namespace bench
