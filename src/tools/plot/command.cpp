#include "tools/plot/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>

#include "tools/common/exit_code.hpp"
#include "tools/common/guarded.hpp"
#include "tools/plot/plot.hpp"

namespace tessera::tools {

void add_plot(Program& program) {
  const auto request = std::make_shared<PlotRequest>();
  CLI::App* verb = program.add_verb("plot", "Draw a slice of a field, or a line, in the terminal or as PNG", [request] {
    return guarded(request->file, [&] {
      plot(*request);
      return int{good};
    });
  });
  verb->add_option("FILE", request->file, "An HDF5 file that Tessera wrote, or one laid out like it")->required();
  verb->add_option("NAME", request->name, "RUN/FIELD or RUN/SCALAR; FIELD in the root")->required();
  verb->add_option("-s,--step", request->selection.step,
                   "A step by number: 3, -1 (the last, which is shown by default)");
  verb->add_option("-t,--time", request->selection.time, "The step nearest to a time");
  verb->add_option("-b,--box", request->selection.box, "Cells by number: z=3,y=0:10");
  verb->add_option("-p,--at", request->selection.at, "Where to cut, by coordinate: z=0.5; a whole point: over time");
  verb->add_option("-c,--component", request->component, "Component of a vector; its length is shown by default");
  verb->add_option("-r,--range", request->range,
                   "Values of the first and the last colour: 0:1; those there are by default");
  verb->add_option("-o,--output", request->output, "Write a PNG file instead")->type_name("FILE.png");
  verb->add_option("--size", request->size, "Pixels of the picture's longer side (800)")->check(CLI::Range(16, 20000));
  verb->add_flag("--json", request->json, "Print one JSON object about the picture");
}

}  // namespace tessera::tools
