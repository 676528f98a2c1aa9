#pragma once

#include <cstddef>
#include <string>

#include "tools/diff/report.hpp"

namespace tessera::tools {

struct DiffOptions {
  Tolerance tolerance;
  std::string name;         ///< a run, or what is in one; empty: everything
  std::size_t threads = 0;  ///< 0: one per core of this process
};

/// Compares runs, parameters, axes, fields, steps and values of two files. How they are stored (chunks, codecs) makes
/// no difference. \throws Error storage, hdf5; not_found where neither file has the name
DiffReport diff(const std::string& a, const std::string& b, const DiffOptions& options);

}  // namespace tessera::tools
