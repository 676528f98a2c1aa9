#pragma once

#include <tessera/options.hpp>

namespace tessera::detail {

/// The environment decides over the option. \throws Error invalid_argument when TESSERA_REPORT says something else
void choose_report(ReportOptions& report);

/// Whether an engine is asked for measures. The collective one takes a reduction for them, so only where they are
/// shown.
bool is_measured(const Options& options) noexcept;

}  // namespace tessera::detail
