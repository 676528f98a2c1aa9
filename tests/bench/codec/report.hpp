#pragma once

#include <string>
#include <vector>

#include "measure.hpp"

namespace tessera::bench {

/// A table per level, with geometric means.
void print_tables(const std::vector<Measurement>& measurements, const std::vector<int>& levels);

/// The same numbers as JSON. \throws std::runtime_error when the file cannot be written
void write_json(const std::string& file, const std::vector<Measurement>& measurements, const std::vector<int>& levels);

}  // namespace tessera::bench
