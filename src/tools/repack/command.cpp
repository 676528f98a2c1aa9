#include "tools/repack/command.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/communicator.hpp"
#include "comm/mpi_environment.hpp"
#include "hdf5/survey.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"
#include "tools/common/launched.hpp"
#include "tools/common/told.hpp"
#include "tools/repack/export_together.hpp"

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

/// "none", "deflate", "deflate:9". \throws Error invalid_argument
Codec codec_named(const std::string& name) {
  if (name == "none") return Codec::none();
  if (name == "deflate") return Codec::deflate(Codec{}.level);
  int level = 0;
  if (name.starts_with("deflate:")) {
    const char* begin = name.data() + 8;
    const char* end = name.data() + name.size();
    const auto [last, error] = std::from_chars(begin, end, level);
    if (error == std::errc() && last == end && level >= 1 && level <= 9) return Codec::deflate(level);
  }
  throw Error(ErrorCode::invalid_argument, "there is no codec " + in_quotes(name) + ": give none, or deflate:1 to 9");
}

int repack_alone(const Arguments& arguments) {
  return guarded(arguments.in, [&] {
    print_export(arguments.out, export_runs(arguments.in, arguments.out, arguments.options), arguments.json);
    return good;
  });
}

int repack_together(Program& program, const Arguments& arguments, const Launched& launched) {
  std::optional<Error> crash;
  if (launched.rank == 0) crash = crash_of(arguments.in, [&] { hdf5::Survey(arguments.in).read(); });
  const comm::MpiEnvironment environment(program.argc(), program.argv());
  const comm::Communicator comm(environment.world(), "tessera repack");
  return told_together(comm.rank(), [&] {
    const ExportReport report = export_together(comm, arguments.in, arguments.out, arguments.options, crash);
    if (comm.rank() == 0) print_export(arguments.out, report, arguments.json);
    return good;
  });
}

int run_repack(Program& program, Arguments& arguments) {
  if (!arguments.codec.empty()) arguments.options.codec = codec_named(arguments.codec);
  arguments.options.single_precision = arguments.precision == "float";
  const Launched how = launched();
  return how.ranks > 1 ? repack_together(program, arguments, how) : repack_alone(arguments);
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
                       [&program, arguments] { return run_repack(program, *arguments); });
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
  verb->footer("Under mpiexec or srun the ranks share the chunks. Exit code: 0 it is done, 2 the file cannot be read.");
}

}  // namespace tessera::tools
