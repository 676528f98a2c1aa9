#pragma once

#include "case.hpp"

namespace bench {

/// A field with the spectrum of turbulence: plane waves of random direction and phase, amplitude k^(-11/6) at wave
/// number k (energy k^(-5/3)). Fills `values`, of block.in_memory's shape, at one point in time; periodic, so that
/// the halo has values too.
void fill_with_turbulence(const Block& block, std::int64_t edge, double time, std::vector<double>& values);

}  // namespace bench
