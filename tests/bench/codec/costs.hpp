#pragma once

#include <vector>

#include "codec/method.hpp"
#include "data_sets.hpp"

namespace tessera::bench {

/// Measures what the table of src/codec/effort.cpp states and prints both: for every method, how many ns it takes for a
/// byte of a plane, by the size that the plane gets. Medians over the planes of all data sets, each one alone.
void print_costs(const std::vector<DataSet>& sets, int passes, const codec::Libraries& libraries);

}  // namespace tessera::bench
