#include "tools/show/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/show/show.hpp"

namespace tessera::tools {

void add_show(Program& program) {
  struct Options {
    ShowRequest request;
    bool csv = false;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      program.add_verb("show", "Print values of a field: a box, or a point over time; parameters of a run", [options] {
        ShowRequest& request = options->request;
        if (options->csv) request.format = Format::csv;
        if (options->json) request.format = Format::json;
        return guarded(request.file, [&] {
          show(request);
          return int{good};
        });
      });
  ShowRequest& request = options->request;
  verb->add_option("FILE", request.file, "An HDF5 file that Tessera wrote, or one laid out like it")->required();
  verb->add_option("NAME", request.name, "RUN/FIELD, RUN/SCALAR, RUN/AXIS or RUN; FIELD in the root")->required();
  verb->add_option("-s,--step", request.selection.step, "Steps by number: 3, -1 (the last), 2:5 (not 5), : (all)");
  verb->add_option("-t,--time", request.selection.time, "The step nearest to a time; 0:1 for all from 0 to 1");
  verb->add_option("-b,--box", request.selection.box, "Cells by number: z=3,y=0:10; not named: in the dataset's order");
  verb->add_option("-p,--at", request.selection.at, "The cell nearest to a point: x=0.5,z=2; not named: x, y, z");
  verb->add_flag("--full", request.full, "Leave out nothing, however long it becomes");
  CLI::Option* csv = verb->add_flag("--csv", options->csv, "Print CSV, a line for each cell, exact numbers");
  verb->add_flag("--number", request.by_number, "In CSV, numbers of cells instead of coordinates")->needs(csv);
  verb->add_flag("--json", options->json, "Print one JSON object, exact numbers")->excludes(csv);
}

}  // namespace tessera::tools
