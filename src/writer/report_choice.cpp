#include "writer/report_choice.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::detail {

void choose_report(ReportOptions& report) {
  const char* value = std::getenv("TESSERA_REPORT");
  if (value == nullptr || *value == '\0') return;
  ReportOptions chosen;
  for (std::string_view rest = value; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word == "lines") {
      chosen.lines = true;
    } else if (word == "summary") {
      chosen.summary = true;
    } else if (word == "file") {
      chosen.file = true;
    } else if (word == "none" && std::string_view(value) == "none") {
      chosen.measure = false;
    } else {
      throw Error(ErrorCode::invalid_argument,
                  "the environment variable TESSERA_REPORT is " + in_quotes(value) +
                      "; it can be none, or any of lines, summary and file with commas between");
    }
  }
  report = chosen;
}

bool is_measured(const Options& options) noexcept {
  const ReportOptions& report = options.report;
  if (!report.measure) return false;
  return options.engine == Engine::direct || report.lines || report.summary || report.file;
}

}  // namespace tessera::detail
