#include "tools/tail/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>

#include "tools/common/guarded.hpp"
#include "tools/tail/follow.hpp"

namespace tessera::tools {

void add_tail(Program& program) {
  const auto request = std::make_shared<TailRequest>();
  CLI::App* verb =
      program.add_verb("tail", "Follow a run that is being written: steps, times and scalars as they are committed",
                       [request] { return guarded(request->file, [&] { return follow(*request); }); });
  verb->add_option("FILE", request->file, "An HDF5 file that Tessera writes, or one laid out like it")->required();
  verb->add_option("RUN", request->run, "A run; the last one, and each that begins later, where none is given");
  verb->add_option("-n,--lines", request->lines, "So many of the steps that are there already (10)")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("-w,--wait", request->wait, "Seconds to wait for the file and its first step (0)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  verb->add_option("--for", request->limit, "End after so many seconds")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  verb->add_flag("--no-follow", request->once, "Print what is there and end");
  verb->add_flag("--keep", request->keep, "Go on also when no job has the file open: for jobs without file locks");
  verb->add_flag("--json", request->json, "Print one JSON object a line, for each step");
}

}  // namespace tessera::tools
