#include "tools/extract/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/repack/command.hpp"

namespace tessera::tools {

namespace {

struct Arguments {
  std::string file;
  std::string run;
  std::string out;
  ExportOptions options;
  bool json = false;
};

int run_extract(Arguments& arguments) {
  arguments.options.runs = {arguments.run};
  arguments.options.into_root = true;
  print_export(arguments.out, export_runs(arguments.file, arguments.out, arguments.options), arguments.json);
  return good;
}

}  // namespace

void add_extract(Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb =
      program.add_verb("extract", "Copy one run into a file of its own, where it is the root group",
                       [arguments] { return guarded(arguments->file, [&] { return run_extract(*arguments); }); });
  ExportOptions& options = arguments->options;
  verb->add_option("FILE", arguments->file, "A file")->required();
  verb->add_option("RUN", arguments->run, "One of its runs")->required();
  verb->add_option("-o,--output", arguments->out, "The new file, which has its name when it is complete")
      ->required()
      ->type_name("OUT");
  verb->add_option("--steps", options.steps, "These alone, as Python counts: 10:20, :-1, -5:")->type_name("A:B");
  verb->add_option("--fields", options.fields, "These alone, with their axes")->delimiter(',')->type_name("FIELD,...");
  verb->add_flag("--overwrite", options.overwrite, "Replace OUT");
  verb->add_flag("--json", arguments->json, "Print one JSON object");
  verb->footer("Exit code: 0 it is done, 2 the file cannot be read.");
}

}  // namespace tessera::tools
