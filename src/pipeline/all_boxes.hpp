#pragma once

#include <map>
#include <vector>

#include "comm/communicator.hpp"
#include "grid/owned_box.hpp"
#include "pipeline/plan.hpp"

namespace tessera::pipeline {

/// Every rank's boxes, by field.
using AllBoxes = std::map<int, std::vector<grid::OwnedBox>>;

/// Gathers all ranks' boxes, for an error message that names two of them, or what is missing: time and memory of
/// every rank go with the boxes of all. Collective.
AllBoxes gather_boxes(const comm::Communicator& comm, const OwnBoxes& own);

}  // namespace tessera::pipeline
