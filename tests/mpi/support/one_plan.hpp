#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "pipeline/chunk_plan.hpp"
#include "pipeline/division.hpp"

/// \file
/// Plans of one field alone; the library plans all fields of a commit together.

namespace tessera_test {

inline std::shared_ptr<const tessera::pipeline::Division> divide_one(const tessera::comm::Communicator& comm,
                                                                     const tessera::grid::ChunkGrid& grid,
                                                                     std::span<const tessera::Box> own) {
  return tessera::pipeline::divide(comm, 1, [&](std::size_t) {
    return std::optional(tessera::pipeline::DivisionRequest{grid, own, 0});
  })[0];
}

inline std::shared_ptr<const tessera::pipeline::ChunkPlan> plan_one(
    const tessera::comm::Communicator& comm, std::shared_ptr<const tessera::pipeline::Division> division,
    std::int64_t chunks_per_round) {
  return tessera::pipeline::plan_chunks(comm, 1, [&](std::size_t) {
    return tessera::pipeline::ChunkPlanRequest{division, chunks_per_round};
  })[0];
}

inline std::vector<tessera::grid::ChunkAxis> survey_one(const tessera::comm::Communicator& comm,
                                                        const tessera::Index& shape,
                                                        std::span<const tessera::Box> own) {
  return tessera::pipeline::survey_axes(comm, 1,
                                        [&](std::size_t) {
                                          return tessera::pipeline::SurveyRequest{shape, own};
                                        })
      .take();
}

}  // namespace tessera_test
