#include "tools/repack/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/text.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

namespace {

struct Arguments {
  std::string in;
  std::string out;
  std::string codec;
  std::string precision;
  ExportOptions options;
  bool json = false;
};

int run_repack(Arguments& arguments) {
  if (!arguments.codec.empty()) arguments.options.codec = codec_named(arguments.codec);
  arguments.options.single_precision = arguments.precision == "float";
  print_export(arguments.out, export_runs(arguments.in, arguments.out, arguments.options), arguments.json);
  return good;
}

}  // namespace

void print_export(const std::string& out, const ExportReport& report, bool json) {
  if (json) {
    print(json_text({{"file", out},
                     {"groups", report.runs},
                     {"datasets", report.datasets},
                     {"bytes_before", report.bytes_before},
                     {"bytes_after", report.bytes_after}}));
  } else {
    print(out + ": " + std::to_string(report.datasets) + " datasets, " + size_text(report.bytes_after) + " of " +
          size_text(report.bytes_before) + "\n");
  }
}

void add_repack(Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb =
      program.add_verb("repack", "Copy a file without unused space, or with another codec, chunks, precision",
                       [arguments] { return guarded(arguments->in, [&] { return run_repack(*arguments); }); });
  ExportOptions& options = arguments->options;
  verb->add_option("IN", arguments->in, "A file")->required();
  verb->add_option("OUT", arguments->out, "The new one, which has its name when it is complete")->required();
  verb->add_option("--codec", arguments->codec, "Of the fields: none, deflate:1 to deflate:9");
  verb->add_option("--chunk", options.chunk, "Of the fields: cz,cy,cx, or ct,cz,cy,cx with several steps in a chunk")
      ->delimiter(',')
      ->type_name("N,N,...");
  verb->add_option("--precision", arguments->precision, "float: fields of double precision become single")
      ->check(CLI::IsMember({"float"}));
  verb->add_option("--runs", options.runs, "These alone")->delimiter(',')->type_name("RUN,...");
  verb->add_option("--fields", options.fields, "These alone, with their axes")->delimiter(',')->type_name("FIELD,...");
  verb->add_option("--steps", options.steps, "These alone, as Python counts: 10:20, :-1, -5:")->type_name("A:B");
  verb->add_flag("--overwrite", options.overwrite, "Replace OUT");
  verb->add_flag("--json", arguments->json, "Print one JSON object");
  verb->footer("Exit code: 0 it is done, 2 the file cannot be read.");
}

}  // namespace tessera::tools
