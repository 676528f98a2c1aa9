#pragma once

#include <string>

#include "case.hpp"

namespace bench {

/// Fills `values`, of block.extents' shape, with step `n` of a field (the block has no halo):
///   turbulence  fill_with_turbulence
///   heat        like what examples/heat3d computes: a front enters two materials; the solver's relative error is 1e-9
///   rounded     the turbulence, rounded to 16 bits of mantissa
void fill(const std::string& field, const Block& block, std::int64_t edge, int n, std::vector<double>& values);

}  // namespace bench
