#include "tools/refs/command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"
#include "tools/refs/refs.hpp"

namespace tessera::tools {

namespace {

struct Arguments {
  std::string file;
  std::string out = "-";
  RefsOptions options;
  bool json = false;
};

int run_refs(const Arguments& arguments) {
  const RefsReport report = write_refs(arguments.file, arguments.out, arguments.options);
  for (const std::string& one : report.left_out) std::fprintf(stderr, "tessera: left out %s\n", one.c_str());
  if (arguments.out == "-") return good;
  if (arguments.json) {
    print(json_text({{"file", arguments.file},
                     {"references", arguments.out},
                     {"arrays", report.arrays},
                     {"chunks", report.chunks},
                     {"left_out", report.left_out}}));
  } else {
    print(arguments.out + ": references to " + std::to_string(report.chunks) + " chunks of " +
          std::to_string(report.arrays) + " arrays\n");
  }
  return good;
}

}  // namespace

void add_refs(Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb =
      program.add_verb("refs", "Write references by which Zarr reads the file in place (kerchunk, JSON)",
                       [arguments] { return guarded(arguments->file, [&] { return run_refs(*arguments); }); });
  verb->add_option("FILE", arguments->file, "An HDF5 file")->required();
  verb->add_option("-o,--output", arguments->out, "Where the references go (standard output)")->type_name("OUT.json");
  verb->add_option("--url", arguments->options.url, "Where readers will find the file (its absolute path)");
  verb->add_flag("--json", arguments->json, "Print one JSON object about what was written; with -o");
  verb->footer(
      "JSON alone; kerchunk.df.refs_to_dataframe makes Parquet of it. Exit code: 0 they are written, 2 the file "
      "cannot\n"
      "be read.");
}

}  // namespace tessera::tools
