#pragma once

#include <array>

#include <tessera/report.hpp>

namespace tessera {

/// A stage of a commit, for what is done to all of them.
struct NamedStage {
  const char* name;
  double StageSeconds::*seconds;
};

inline constexpr std::array stages{
    NamedStage{"agree", &StageSeconds::agree},       NamedStage{"plan", &StageSeconds::plan},
    NamedStage{"exchange", &StageSeconds::exchange}, NamedStage{"encode", &StageSeconds::encode},
    NamedStage{"place", &StageSeconds::place},       NamedStage{"write", &StageSeconds::write},
    NamedStage{"sync", &StageSeconds::sync},         NamedStage{"publish", &StageSeconds::publish}};
static_assert(sizeof(StageSeconds) == stages.size() * sizeof(double), "a stage has no name");

}  // namespace tessera
