#include <algorithm>
#include <utility>
#include <vector>

#include "seed_files.hpp"

namespace tessera_fuzz {

namespace {

using tessera::Box;
using tessera::Grid;
using tessera::StoredRun;

// A refinement whose level 0 stays and whose level 1 moves; beside it a field and a scalar of every second step.

const tessera::Index coarse{4, 6};
const tessera::Index rare_shape{7, 8};
constexpr std::size_t rare_points = 7 * 8;

tessera::LevelBoxes boxes_at(int step) {
  const std::int64_t x = 2 * (step % 3);
  return {{{{0, 0}, {2, 6}}, {{2, 0}, {4, 6}}}, {{{2, x}, {6, x + 4}}, {{0, x + 4}, {4, x + 8}}}};
}

bool is_rare(int step) { return step % 2 == 0; }

void put_levels(tessera::Step& step, const tessera::RefinedField<double>& density,
                const tessera::RefinedField<float>& velocity, int n) {
  const tessera::Refinement& amr = density.refinement();
  for (int level = 0; level < amr.levels(); ++level) {
    std::vector<std::vector<double>> scalars;
    std::vector<std::vector<float>> vectors;
    for (const Box& box : amr.boxes(level)) {
      scalars.push_back(values_of<double>(n + level, static_cast<std::size_t>(box.volume())));
      vectors.push_back(values_of<float>(n + level, 2 * static_cast<std::size_t>(box.volume())));
    }
    step.put(density, level, scalars);
    step.put(velocity, level, vectors);
  }
}

void write_refined(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {});
  auto run = out.run("a");
  const auto amr = run.refinement("amr", {.cells = coarse, .spacing = {0.5}, .unit = "m", .chunk_cells = 16});
  const auto density = run.field<double>("density", amr);
  const auto velocity = run.field<float>("velocity", amr, {.components = 2});
  const auto rare = run.field<double>("rare", Grid{rare_shape}, {.chunk = {4, 8}, .time_axis = "rare_time"});
  run.scalar("norm", {.time_axis = "rare_time"});
  for (int n = first; n < end; ++n) {
    run.regrid(amr, boxes_at(n));
    auto step = run.step(n);
    put_levels(step, density, velocity, n);
    if (is_rare(n)) {
      step.put(rare, all_of(rare_shape), values_of<double>(n, rare_points));
      step.scalar("norm", 0.5 * n);
    }
    step.commit();
  }
  out.close();
}

/// No sum guards where boxes and cells are; that what is there fits together is all.
void read_levels(const StoredRun& run, int number) {
  const tessera::StoredRefinement amr(run, "amr");
  auto step = amr.step(number);
  std::vector<std::vector<double>> values;
  for (int level = 0; level < step.levels(); ++level) {
    for (std::size_t box = 0; box < step.boxes(level).size(); ++box) {
      const std::int64_t cells = std::min<std::int64_t>(step.boxes(level)[box].volume(), 1 << 20);
      step.get("density", level, box, values.emplace_back(static_cast<std::size_t>(cells)));
    }
  }
  step.read();
}

void read_refined(Reading& reading, const StoredRun& run, int step) {
  reading.attempt([&] { read_levels(run, step); });
  if (is_rare(step)) reading.expect({run, step, "rare", all_of(rare_shape)}, values_of<double>(step, rare_points));
}

void read_refined_statics(Reading& reading, const StoredRun& run) {
  reading.attempt([&] { run.scalar("norm"); });
  reading.attempt([&] { run.steps_of("rare"); });
  reading.attempt([&] {
    for (const std::string& name : tessera::refinements(run)) tessera::StoredRefinement(run, name).fields();
  });
}

}  // namespace

Kind refinements_and_time_axes() { return {"refined", write_refined, read_refined, read_refined_statics}; }

}  // namespace tessera_fuzz
