#include "tools/diff/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"
#include "tools/diff/diff.hpp"

namespace tessera::tools {

namespace {

struct Arguments {
  std::string a;
  std::string b;
  DiffOptions options;
  bool json = false;
};

int run_diff(const Arguments& arguments) {
  const DiffReport report = diff(arguments.a, arguments.b, arguments.options);
  print(arguments.json ? diff_json(report) : diff_text(report));
  return report.is_same() ? good : findings;
}

}  // namespace

void add_diff(Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = program.add_verb("diff", "Compare two files: runs, parameters, axes, steps, values", [arguments] {
    return guarded(arguments->a + " and " + arguments->b, [&] { return run_diff(*arguments); });
  });
  verb->add_option("A", arguments->a, "A file")->required();
  verb->add_option("B", arguments->b, "Another one")->required();
  verb->add_option("NAME", arguments->options.name, "A run, or RUN/FIELD; everything without it");
  Tolerance& tolerance = arguments->options.tolerance;
  verb->add_option("--atol", tolerance.absolute, "Values that are so near each other are the same (0)")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--rtol", tolerance.relative, "And so near as this part of the value in B (0)")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("-j,--jobs", arguments->options.threads, "Threads that decode (one per core)")->type_name("N");
  verb->add_flag("--json", arguments->json, "Print one JSON object");
  verb->footer("Exit code: 0 they are the same, 1 they differ, 2 one cannot be read.");
}

}  // namespace tessera::tools
