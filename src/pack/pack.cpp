#include "pack/pack.hpp"

#include <string>

#include <tessera/error.hpp>

#include "base/convert.hpp"
#include "pack/pack_plan.hpp"
#include "pack/parallel_for.hpp"

namespace tessera::pack {

namespace {

void check_types(const PackJob& job) {
  if (!can_convert(job.source_type, job.target_type)) {
    throw Error(ErrorCode::internal,
                std::string("cannot pack ") + to_string(job.source_type) + " as " + to_string(job.target_type));
  }
}

void run_here(const PackPlan& plan) {
  for (std::int64_t unit = 0; unit < plan.units; ++unit) run_unit(plan, unit);
}

}  // namespace

void pack_here(const PackJob& job) {
  check_types(job);
  run_here(make_plan(job));
}

void pack(const PackJob& job) {
  check_types(job);
  const PackPlan plan = make_plan(job);
  if (plan.units > 1 && run_in_parallel(plan)) return;
  run_here(plan);
}

}  // namespace tessera::pack
