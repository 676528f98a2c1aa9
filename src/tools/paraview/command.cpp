#include "tools/paraview/command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "paraview/make.hpp"
#include "paraview/mesh_parts.hpp"
#include "paraview/scene_refinement.hpp"
#include "paraview/scene_table.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/find.hpp"
#include "tools/common/guarded.hpp"
#include "tools/common/input.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

namespace {

struct ParaviewOptions {
  std::string file;
  std::vector<std::string> runs;
  std::int64_t parts = 1;
  bool xmf = false;
  bool json = false;
};

/// What became of a run.
struct Outcome {
  std::string run;
  std::string path;  ///< empty: none was made
  std::string why;   ///< not
  std::vector<std::string> left_out;
  std::int64_t steps = 0;
  std::size_t arrays = 0;
  std::vector<std::int64_t> points;
  std::vector<std::int64_t> parts;  ///< of each version of a mesh
};

/// All that have something to show, or those that are named.
std::vector<const schema::StoredRun*> chosen_runs(const schema::Contents& contents, const ParaviewOptions& options) {
  if (options.runs.empty()) return runs_of(contents);
  std::vector<const schema::StoredRun*> runs;
  for (const std::string& name : options.runs) {
    const Found found = find(contents, name);
    if (found.field != nullptr || found.scalar != nullptr || !found.axis.empty())
      throw Error(ErrorCode::not_found, in_quotes(name) + " is no run; side files show a run with all its fields");
    runs.push_back(found.run);
  }
  return runs;
}

/// The run's grid or mesh, unless it has tables or refinements alone, and its tables.
std::vector<paraview::Scene> scenes_of(const schema::StoredRun& run, bool has_others) {
  std::vector<paraview::Scene> scenes = paraview::scenes_of_tables(run);
  paraview::Scene scene = paraview::scene_of(run);
  if ((scenes.empty() && !has_others) || !scene.empty()) scenes.insert(scenes.begin(), std::move(scene));
  return scenes;
}

/// Rows of the run's static datasets of one axis.
paraview::ReadRows reader_of(hdf5::InputFile& input, const schema::StoredRun& run) {
  return [&](const std::string& path, std::int64_t begin, std::int64_t rows, std::span<std::int64_t> values) {
    const auto found =
        std::ranges::find_if(run.fields, [&](const schema::StoredField& one) { return one.field.path == path; });
    if (found == run.fields.end()) throw Error(ErrorCode::internal, "there is no " + in_quotes(path));
    if (rows > 0) input.read(*found, 0, Box::at({begin}, {rows}), DataType::int64, values.data());
  };
}

Outcome make(const schema::StoredRun& run, const paraview::Scene& scene, const ParaviewOptions& options,
             std::set<std::string>& made) {
  const auto format = options.xmf ? paraview::Format::xdmf : paraview::Format::vtkhdf;
  Outcome outcome{scene.run, {}, paraview::obstacle(scene, options.file, format), {}, 0, 0, {}};
  if (!outcome.why.empty()) return outcome;
  const std::string path = paraview::side_file_path(options.file, scene.run, format);
  if (!made.insert(path).second) {
    outcome.why = "its side file would have the name of another one, " + in_quotes(path);
    return outcome;
  }
  paraview::make_side_file(scene, options.file, format, run.times_of(scene.time_axis));
  outcome.path = path;
  outcome.left_out = paraview::left_out(scene, format);
  outcome.steps = scene.steps;
  outcome.arrays = scene.arrays.size() + scene.series.size() - (outcome.left_out.size() - scene.left_out.size());
  for (const auto& axis : scene.axes) outcome.points.push_back(axis.points);
  if (scene.mesh) outcome.points.push_back(scene.mesh->nodes);
  outcome.parts = paraview::numbers_of_parts(scene);
  if (scene.table) outcome.points.push_back(scene.table->length);
  return outcome;
}

/// The side files of all steps of the run's refinements, as one outcome each.
std::vector<Outcome> make_refined(const schema::StoredRun& run, const ParaviewOptions& options) {
  std::map<std::string, Outcome> outcomes;
  const paraview::TableRows rows = paraview::rows_of(run);
  for (std::int64_t step = 0; step < std::ssize(run.times); ++step) {
    for (const paraview::Scene& scene : paraview::scenes_of_refinements(run, rows, step)) {
      Outcome& outcome = outcomes[scene.refinement->name];
      const auto format = options.xmf ? paraview::Format::xdmf : paraview::Format::vtkhdf;
      outcome.run = run.run.name + "." + scene.refinement->name;
      outcome.why = paraview::obstacle(scene, options.file, format);
      if (!outcome.why.empty()) continue;
      paraview::make_side_file(scene, options.file, format, {});
      if (outcome.path.empty()) outcome.path = paraview::side_file_path(options.file, scene.run, format);
      outcome.steps += 1;
      outcome.arrays = scene.arrays.size();
      outcome.left_out = scene.left_out;
    }
  }
  std::vector<Outcome> result;
  for (auto& [name, outcome] : outcomes) result.push_back(std::move(outcome));
  return result;
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// " in 4 parts", of a mesh that is not in one.
std::string in_parts(const std::vector<std::int64_t>& parts) {
  if (parts.empty() || *std::ranges::max_element(parts) == 1) return {};
  const auto [least, most] = std::ranges::minmax(parts);
  return " in " + (least < most ? std::to_string(least) + " to " : "") +
         counted(static_cast<std::size_t>(most), "part");
}

std::string text_of(const Outcome& outcome, std::int64_t asked) {
  if (outcome.path.empty()) return "run " + in_quotes(outcome.run) + ": no side file, since " + outcome.why + "\n";
  if (outcome.points.empty() && outcome.steps > 0) {
    return outcome.path + " and so on: " + counted(static_cast<std::size_t>(outcome.steps), "step") + ", " +
           counted(outcome.arrays, "array") + ", a file each\n";
  }
  std::string points;
  for (const std::int64_t count : outcome.points) points += (points.empty() ? "" : " x ") + std::to_string(count);
  std::string text = outcome.path + ": " + counted(static_cast<std::size_t>(outcome.steps), "step") + ", " +
                     counted(outcome.arrays, "array") + ", " + points + " points" + in_parts(outcome.parts) + "\n";
  const bool are_fewer = std::ranges::any_of(outcome.parts, [&](std::int64_t parts) { return parts < asked; });
  if (are_fewer) {
    text += "  not in " + std::to_string(asked) +
            " parts, which would have over 1.25 times its nodes together, or no cells\n";
  }
  for (const std::string& what : outcome.left_out) text += "  without the " + what + "\n";
  return text;
}

Json json_of(const Outcome& outcome) {
  Json json{{"run", outcome.run}};
  if (outcome.path.empty()) {
    json["obstacle"] = outcome.why;
    return json;
  }
  json.update({{"side_file", outcome.path}, {"steps", outcome.steps}, {"arrays", outcome.arrays}});
  json["points"] = outcome.points;
  json["left_out"] = outcome.left_out;
  if (!outcome.parts.empty()) json["parts"] = outcome.parts;
  return json;
}

int run_paraview(const ParaviewOptions& options) {
  hdf5::InputFile input = open_input(options.file);
  const schema::Contents contents = input.contents();
  std::set<std::string> made;
  int code = good;
  Json runs = Json::array();
  for (const auto* run : chosen_runs(contents, options)) {
    std::vector<Outcome> outcomes = make_refined(*run, options);
    for (paraview::Scene& scene : scenes_of(*run, !outcomes.empty())) {
      if (options.parts > 1) paraview::divide(scene, options.parts, reader_of(input, *run));
      outcomes.push_back(make(*run, scene, options, made));
    }
    for (const Outcome& outcome : outcomes) {
      if (outcome.path.empty() || !outcome.left_out.empty()) code = findings;
      if (options.json) {
        runs.push_back(json_of(outcome));
      } else {
        print(text_of(outcome, options.parts));
      }
    }
  }
  if (options.json) print(json_text({{"file", options.file}, {"runs", runs}}));
  return code;
}

}  // namespace

void add_paraview(Program& program) {
  const auto options = std::make_shared<ParaviewOptions>();
  CLI::App* verb =
      program.add_verb("paraview", "Make the side files by which ParaView opens runs: FILE.RUN.vtkhdf or .xmf",
                       [options] { return guarded(options->file, [&] { return run_paraview(*options); }); });
  verb->add_option("FILE", options->file, "An HDF5 file that Tessera wrote, or one laid out like it")->required();
  verb->add_option("RUN", options->runs, "Runs to show (all); / is the root group");
  CLI::Option* parts =
      verb->add_option(
              "--parts", options->parts,
              "Divide meshes into up to N parts, which ParaView's ranks read in parallel; their connectivity is "
              "written into the side file")
          ->type_name("N")
          ->check(CLI::Range(1, 4096));
  verb->add_flag("--xmf", options->xmf, "Make .xmf files, for ParaView before 5.12, instead of .vtkhdf files")
      ->excludes(parts);
  verb->add_flag("--json", options->json, "Print one JSON object");
  verb->footer(
      "The side files lie beside FILE and refer to it; no value of a field is copied. Earlier ones are replaced.\n"
      "Exit code: 0 all is shown, 1 a run or some fields are not, 2 the file cannot be read.");
}

}  // namespace tessera::tools
