#pragma once

#include <string>

#include <tessera/report.hpp>

/// \file
/// A report for people.

namespace tessera::detail {

/// A commit in one line, which says what is longest.
std::string line_of(const Report& report, const CommitReport& commit);

/// All commits in a few lines; nothing where there was none.
std::string summary_of(const Report& report);

}  // namespace tessera::detail
