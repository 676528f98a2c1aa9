#include "tools/join/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <tessera/segments.hpp>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

namespace {

struct Arguments {
  std::string out;
  std::vector<std::string> segments;
  JoinOptions options;
  bool json = false;
};

int run_join(const Arguments& arguments) {
  const JoinReport report = join_segments(arguments.out, arguments.segments, arguments.options);
  if (arguments.json) {
    print(json_text({{"file", arguments.out},
                     {"segments", arguments.segments},
                     {"datasets", report.datasets},
                     {"virtual_datasets", report.virtual_datasets},
                     {"notes", report.notes}}));
    return good;
  }
  print(arguments.out + ": " + std::to_string(report.datasets) + " datasets of " +
        std::to_string(arguments.segments.size()) + " segments, " + std::to_string(report.virtual_datasets) +
        " of them virtual\n");
  for (const std::string& note : report.notes) print("  " + note + "\n");
  return good;
}

}  // namespace

void add_join(Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb =
      program.add_verb("join", "Make one file that shows several: segments of a study, in time or space",
                       [arguments] { return guarded(arguments->out, [&] { return run_join(*arguments); }); });
  verb->add_option("OUT", arguments->out, "The new file, which has its name when it is complete")->required();
  verb->add_option("SEGMENT", arguments->segments, "Files, which stay where they are, seen from OUT")->required();
  verb->add_flag("--later-wins", arguments->options.later_wins,
                 "Where times overlap, those of the segment that begins later count");
  verb->add_flag("--overwrite", arguments->options.overwrite, "Replace OUT");
  verb->add_flag("--json", arguments->json, "Print one JSON object");
  verb->footer("Exit code: 0 it is done, 2 a segment cannot be read, or they do not fit together.");
}

}  // namespace tessera::tools
