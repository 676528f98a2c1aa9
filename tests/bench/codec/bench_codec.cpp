// Speed and ratio of the codec layer against zlib level 4, per core, on fields of many kinds:
//
//     ./codec                          the default level, chunks of 64^3
//     ./codec --level 1 4 6 9          other levels
//     ./codec --chunk 128 128 16 --seed 7 --wave-number 2.3
//     ./codec --costs                  the table of costs in src/codec/effort.cpp, measured anew
//
// ctest runs it on small fields, to see that it works; no test asserts a speed.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

#include "costs.hpp"
#include "report.hpp"

namespace {

struct Options {
  tessera::bench::Variant variant;
  std::string femm_file = TESSERA_TEST_DATA "/femm_mirror_3d.h5";
  std::string json_file;
  std::string only;
  std::vector<int> levels{4};
  int passes = 5;
  bool costs = false;
  bool without_isal = false;
  bool without_libdeflate = false;
};

void define_options(CLI::App& app, Options& options) {
  app.add_option("--chunk", options.variant.chunk, "extents of a chunk")->capture_default_str();
  app.add_option("--edge", options.variant.edge, "points per axis of the generated fields")->capture_default_str();
  app.add_option("--seed", options.variant.seed, "of everything random")->capture_default_str();
  app.add_option("--wave-number", options.variant.wave_number, "scales all structures")->capture_default_str();
  app.add_option("--femm", options.femm_file, "femm_mirror_3d.h5; left out when empty")->capture_default_str();
  app.add_option("--only", options.only, "only data sets whose name contains this");
  app.add_option("--level", options.levels, "levels to measure")->check(CLI::Range(1, 9))->capture_default_str();
  app.add_option("--passes", options.passes, "over all chunks; the table shows medians")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--json", options.json_file, "write the numbers to this file, too");
  app.add_flag("--costs", options.costs, "instead, what the methods of src/codec/effort.cpp cost");
  app.add_flag("--without-isal", options.without_isal, "as if built without it");
  app.add_flag("--without-libdeflate", options.without_libdeflate, "as if built without it");
}

void run(const Options& options) {
  tessera::codec::Libraries libraries = tessera::codec::Libraries::built_in();
  libraries.isal = libraries.isal && !options.without_isal;
  libraries.libdeflate = libraries.libdeflate && !options.without_libdeflate;
  std::printf("with zlib%s%s\n", libraries.isal ? ", ISA-L" : "", libraries.libdeflate ? ", libdeflate" : "");

  const std::vector<tessera::bench::DataSet> sets = make_data_sets(options.variant, options.femm_file);
  if (options.costs) {
    tessera::bench::print_costs(sets, options.passes, libraries);
    return;
  }
  std::vector<tessera::bench::Measurement> measurements;
  for (const tessera::bench::DataSet& set : sets) {
    if (set.name.find(options.only) == std::string::npos) continue;
    measurements.push_back(measure(set, options.levels, options.passes, libraries));
  }
  print_tables(measurements, options.levels);
  if (!options.json_file.empty()) write_json(options.json_file, measurements, options.levels);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Speed and ratio of the codec layer against zlib level 4");
  Options options;
  define_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
