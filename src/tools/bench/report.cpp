#include "tools/bench/report.hpp"

#include <nlohmann/json.hpp>

#include "base/stages.hpp"
#include "base/text.hpp"
#include "tools/bench/advice.hpp"
#include "tools/common/table.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::tools {

namespace {

std::string milliseconds(double seconds) { return fixed(1e3 * seconds, 1); }

/// Of stages that only a Writer tells.
std::vector<std::string> stage_cells(const BenchRow& row) {
  const StageSeconds& mean = row.typical.mean;
  if (row.chunk_bytes == 0) return {"", "", "", "", ""};
  const std::string encode = row.is_stock ? "" : milliseconds(mean.encode);
  const double wait = mean.agree + mean.exchange + mean.place;
  return {milliseconds(wait), encode, milliseconds(mean.write + mean.sync), milliseconds(mean.publish),
          row.is_stock ? "" : fixed(row.typical.slowest.imbalance, 2)};
}

Json row_json(const BenchResults& results, const BenchRow& row) {
  Json stage_seconds;
  for (const NamedStage& stage : stages) stage_seconds[stage.name] = row.typical.mean.*stage.seconds;
  return {{"name", row.name},
          {"engine", row.chunk_bytes == 0 ? "none"
                     : row.is_stock       ? "collective"
                                          : "direct"},
          {"compressed", row.is_compressed},
          {"chunk_bytes", row.chunk_bytes},
          {"seconds", row.seconds},
          {"bytes_per_second", results.rate(row)},
          {"ratio", row.ratio},
          {"requests", row.typical.requests.count},
          {"largest_request", row.typical.requests.largest},
          {"imbalance", row.typical.slowest.imbalance},
          {"mean", stage_seconds}};
}

}  // namespace

std::string bench_text(const BenchResults& results) {
  constexpr auto right = Table::Align::right;
  Table table({{"way"},
               {"MiB/s", right},
               {"ratio", right},
               {"ms/step", right},
               {"wait", right},
               {"encode", right},
               {"write", right},
               {"publish", right},
               {"slowest", right}});
  for (const BenchRow& row : results.rows) {
    std::vector<std::string> cells{row.name, fixed(results.rate(row) / (1 << 20), 0), fixed(row.ratio, 2),
                                   milliseconds(row.seconds)};
    for (std::string& cell : stage_cells(row)) cells.push_back(std::move(cell));
    table.add(std::move(cells));
  }
  std::string text = printable(results.directory) + ": " + doctor::count_text(results.ranks, "rank") + " on " +
                     doctor::count_text(results.nodes, "node") + ", " +
                     doctor::count_text(static_cast<std::int64_t>(results.threads), "thread") + " each; " +
                     size_text(results.step_bytes) + " a step, medians of " +
                     doctor::count_text(results.steps, "step") + "\n\n" + table.text(2) + "\n";
  for (const std::string& sentence : advice(results)) text += sentence + "\n";
  return text;
}

Json bench_json(const BenchResults& results) {
  Json rows = Json::array();
  for (const BenchRow& row : results.rows) rows.push_back(row_json(results, row));
  return {{"directory", results.directory},
          {"ranks", results.ranks},
          {"nodes", results.nodes},
          {"threads", results.threads},
          {"step_bytes", results.step_bytes},
          {"steps", results.steps},
          {"ways", rows},
          {"small_commit_seconds", results.small_commit_seconds},
          {"advice", advice(results)}};
}

}  // namespace tessera::tools
