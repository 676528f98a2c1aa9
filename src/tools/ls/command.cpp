#include "tools/ls/command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/json.hpp"
#include "tools/common/terminal.hpp"
#include "tools/ls/json.hpp"
#include "tools/ls/listing.hpp"
#include "tools/ls/text.hpp"

namespace tessera::tools {

namespace {

struct ListOptions {
  ListRequest request;
  bool details = false;
  bool json = false;
};

int run_ls(ListOptions options) {
  options.request.one_by_one = options.json || options.details;
  const Listing listing = list(options.request);
  if (options.json) {
    print(json_text(listing_json(listing)));
  } else {
    const Terminal terminal = standard_output();
    print(listing_text(listing, {options.details, terminal.is_terminal ? terminal.columns : 100}));
  }
  return good;
}

}  // namespace

void add_ls(Program& program) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App* verb = program.add_verb("ls", "Show what is in a file: runs, parameters, fields, steps", [options] {
    return guarded(options->request.file, [&] { return run_ls(*options); });
  });
  verb->add_option("FILE", options->request.file, "An HDF5 file that Tessera wrote, or one laid out like it")
      ->required();
  verb->add_option("NAME", options->request.names,
                   "Runs, RUN/FIELD, or shell patterns of them; all where none is given");
  verb->add_flag("-l,--long", options->details,
                 "All there is to know: attributes of the file and of fields, every run");
  verb->add_flag("-a,--all", options->request.all, "A line for every run, however many there are");
  verb->add_flag("--json", options->json, "Print one JSON object");
}

}  // namespace tessera::tools
