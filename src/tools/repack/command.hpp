#pragma once

#include "tools/common/program.hpp"
#include "tools/repack/export_runs.hpp"

namespace tessera::tools {

/// The verb repack.
void add_repack(Program& program);

/// What repack and extract say when they are done.
void print_export(const std::string& out, const ExportReport& report, bool json);

}  // namespace tessera::tools
