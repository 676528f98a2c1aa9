#include "pack/parallel_for.hpp"

#include <atomic>

#include <tessera/parallel_for.hpp>

namespace tessera {

namespace {
std::atomic<detail::ParallelFor> lent{nullptr};
}

void detail::use_parallel_for(ParallelFor function) noexcept { lent.store(function, std::memory_order_relaxed); }

bool pack::run_in_parallel(const PackPlan& plan) {
  const detail::ParallelFor function = lent.load(std::memory_order_relaxed);
  if (function == nullptr) return false;
  const auto work = [](const void* context, std::int64_t n) { run_unit(*static_cast<const PackPlan*>(context), n); };
  return function(plan.units, work, &plan);
}

}  // namespace tessera
