#include "tools/verify/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"
#include "tools/verify/verify.hpp"

namespace tessera::tools {

namespace {

struct VerifyOptions {
  std::string file;
  std::size_t jobs = 0;
  bool json = false;
};

/// An error that the file cannot be opened is what the verb looks for, so it is in the JSON, too.
int run_verify(const VerifyOptions& options) {
  const VerifyReport report = verify(options.file, options.jobs);
  print(options.json ? verify_json(report) : verify_text(report));
  return report.is_good() ? good : findings;
}

}  // namespace

void add_verify(Program& program) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* verb =
      program.add_verb("verify", "Read all of a file, decode every chunk, and tell what is damaged or missing",
                       [options] { return guarded(options->file, [&] { return run_verify(*options); }); });
  verb->add_option("FILE", options->file, "An HDF5 file of any layout")->required();
  verb->add_option("-j,--jobs", options->jobs, "Threads that decode (one per core)")->type_name("N");
  verb->add_flag("--json", options->json, "Print one JSON object");
  verb->footer("Exit code: 0 the file is good, 1 there are findings, 2 it cannot be read.");
}

}  // namespace tessera::tools
