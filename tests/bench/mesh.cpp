/// \file
/// What a put by ids costs, and what tables do: a field on a 1-D grid, one on the nodes of a mesh without ids, one
/// whose nodes are dealt out to the ranks at random, and a column of a table, with as many rows in each step and with
/// other numbers of them, commit by turns in one process. Prints the medians, each of the slowest rank, the ratios of
/// the medians and of the fastest commits to those of the grid, and how much memory the mesh with ids took beyond the
/// values. Asserts nothing.
///
///     mpi_launch.sh RANKS mesh [--nodes N] [--steps N] [--level N] [--directory DIR]

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  std::int64_t nodes = 4000000;
  int steps = 9;
  int level = 4;
  std::string directory = "/dev/shm";
};

/// The nodes of this rank: every rank shuffles all alike and takes its share.
std::vector<std::int64_t> dealt_out(std::int64_t nodes, int rank, int ranks) {
  std::mt19937 random(7);
  std::vector<std::int64_t> own;
  for (std::int64_t id = 0; id < nodes; ++id) {
    if (static_cast<int>(random() % static_cast<unsigned>(ranks)) == rank) own.push_back(id);
  }
  std::shuffle(own.begin(), own.end(), random);
  return own;
}

std::vector<std::int64_t> in_order(std::int64_t nodes, int rank, int ranks) {
  std::vector<std::int64_t> own;
  for (std::int64_t id = nodes * rank / ranks; id < nodes * (rank + 1) / ranks; ++id) own.push_back(id);
  return own;
}

/// Smooth, with noise in the last digits.
std::vector<double> values_of(const std::vector<std::int64_t>& ids) {
  std::vector<double> values;
  std::mt19937 random(1);
  for (const std::int64_t id : ids)
    values.push_back(std::sin(1e-4 * static_cast<double>(id)) + 1e-9 * static_cast<double>(random()));
  return values;
}

/// Lines from each node to the next one that this rank has.
tessera::Mesh mesh_of(tessera::Run& run, const std::vector<std::int64_t>& nodes, bool by_ids) {
  std::vector<double> places;
  std::vector<std::int32_t> lines;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    places.insert(places.end(), {static_cast<double>(nodes[i]), 0.0});
    if (i > 0) lines.insert(lines.end(), {static_cast<std::int32_t>(i - 1), static_cast<std::int32_t>(i)});
  }
  tessera::MeshPart part{.coordinates = places, .types = {tessera::CellType::line}, .connectivity = lines};
  if (by_ids) part.node_ids = nodes;
  return run.mesh("mesh", part, {.dimensions = 2});
}

void measure(const Setting& setting) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const auto ordered = in_order(setting.nodes, rank, ranks);
  const auto scattered = dealt_out(setting.nodes, rank, ranks);
  const auto values = values_of(ordered);
  const auto scattered_values = values_of(scattered);
  const tessera::Box box{{ordered.front()}, {ordered.back() + 1}};
  tessera::Options options{.overwrite = true, .codec = {setting.level, true}};
  tessera::Writer out(MPI_COMM_WORLD, setting.directory + "/mesh_bench.h5", options);
  std::array runs{out.run("grid"), out.run("parts"), out.run("ids"), out.run("table"), out.run("changing")};
  std::array<tessera::Field<double>, runs.size()> fields;
  fields[0] = runs[0].field<double>("u", tessera::Grid{{setting.nodes}, {.axes = {"n"}}});
  fields[1] = runs[1].field<double>("u", mesh_of(runs[1], ordered, false).nodes());
  fields[2] = runs[2].field<double>("u", mesh_of(runs[2], scattered, true).nodes());
  for (const std::size_t which : {3, 4}) fields[which] = runs[which].field<double>("u", runs[which].table("rows"));
  std::array<std::vector<double>, runs.size()> seconds;
  for (int number = 0; number < setting.steps; ++number) {
    for (std::size_t which = 0; which < runs.size(); ++which) {
      auto step = runs[which].step(number);
      if (which == 0) step.put(fields[0], box, values);
      if (which == 1) step.put(fields[1], values);
      if (which == 2) step.put(fields[2], scattered_values);
      if (which == 3) step.put(fields[3], values);
      if (which == 4) step.put(fields[4], std::span(values).last(values.size() - static_cast<std::size_t>(number)));
      seconds[which].push_back(bench::slowest_rank([&] { step.commit(); }));
    }
  }
  out.close();
  if (rank != 0) return;
  constexpr std::array names{"1-D grid", "mesh in parts", "mesh with scattered ids", "table",
                             "table with other rows in each step"};
  for (std::size_t which = 0; which < runs.size(); ++which) {
    std::printf("%s: %.1f ms; ratio of medians %.3f, of the fastest %.3f\n", names[which],
                1e3 * bench::median(seconds[which]), bench::median(seconds[which]) / bench::median(seconds[0]),
                *std::ranges::min_element(seconds[which]) / *std::ranges::min_element(seconds[0]));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting);
    app.add_option("--nodes", setting.nodes, "of the mesh");
  };
  return bench::run_main(argc, argv, "What a put by ids costs", options, [&] { measure(setting); });
}
