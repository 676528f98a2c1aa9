#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/function_ref.hpp"
#include "comm/communicator.hpp"
#include "grid/axis_survey.hpp"
#include "grid/chunk_division.hpp"
#include "pipeline/planning_messages.hpp"

/// \file
/// How fields are divided among the ranks. Everything here is collective, and costs a rank time and memory for its
/// own boxes and a few numbers per rank: nobody learns all boxes (grid/chunk_directory.hpp). Several fields go
/// together, so that they take as many messages as one.

namespace tessera::pipeline {

using grid::Division;

/// A field that is to be divided.
struct DivisionRequest {
  grid::ChunkGrid grid;
  std::span<const Box> own;    ///< this rank's boxes
  std::uint64_t rotation = 0;  ///< the same on all ranks: shifts the choice among equals (grid::resolve_entries)
};

/// Every chunk that somebody has cells of gets one owner: who has most of it, unless that rank then had far more
/// chunks than others (grid/balance.hpp). A chunk that one rank has alone stays with it otherwise.
/// \param request_of is called once for each of `items`, in order; it says nothing for one that needs no division of
///        its own. What it throws on one rank all ranks throw.
/// \returns a division for each request
std::vector<std::shared_ptr<Division>> divide(const comm::Communicator& comm, std::size_t items,
                                              FunctionRef<std::optional<DivisionRequest>(std::size_t)> request_of);

/// A field whose chunk shape is to be chosen.
struct SurveyRequest {
  Index shape;
  std::span<const Box> own;  ///< this rank's boxes
};

/// What the choice of a chunk shape has to know about all ranks' boxes.
class SurveyedAxes {
 public:
  /// The axes of the next item. Local.
  std::vector<grid::ChunkAxis> take();
  /// So many items more. Collective. \param portions how often it is called
  void survey(const comm::Communicator& comm, std::size_t items, std::size_t portions,
              FunctionRef<SurveyRequest(std::size_t)> request_of);

 private:
  struct Portion {
    std::vector<grid::AxisSurvey> surveys;
    GatheredItems faces;
    std::size_t taken = 0;
  };
  std::vector<Portion> portions_;
  std::size_t portion_ = 0;
};

/// \param request_of is called once for each of `items`, in order; what it throws on one rank all ranks throw
SurveyedAxes survey_axes(const comm::Communicator& comm, std::size_t items,
                         FunctionRef<SurveyRequest(std::size_t)> request_of);

}  // namespace tessera::pipeline
