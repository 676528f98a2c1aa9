#include "segment_kinds.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

constexpr std::int64_t columns = 700;  // so that a step of a field is no small dataset

int rank_of_world() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int size_of_world() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

/// Planes of this rank.
std::array<std::int64_t, 2> own_planes(std::int64_t first, std::int64_t end) {
  const std::int64_t count = end - first;
  return {first + count * rank_of_world() / size_of_world(), first + count * (rank_of_world() + 1) / size_of_world()};
}

std::vector<double> probes(std::int64_t first, std::int64_t end, int step) {
  std::vector<double> values;
  for (std::int64_t i = first * columns; i < end * columns; ++i) values.push_back(1e6 * step + static_cast<double>(i));
  return values;
}

/// In step n plane p has (n + p) % 3 rows.
std::vector<std::int64_t> ids_of(std::int64_t first, std::int64_t end, int step) {
  std::vector<std::int64_t> ids;
  for (std::int64_t plane = first; plane < end; ++plane) {
    for (std::int64_t k = 0; k < (step + plane) % 3; ++k) ids.push_back(10'000 * step + 10 * plane + k);
  }
  return ids;
}

/// A chain of lines; the second version has more of them.
class Chain {
 public:
  tessera::Mesh version(tessera::Run& run, int number) {
    const std::int64_t cells = number == 1 ? 20 : 30;
    xy_.clear(), connectivity_.clear(), nodes_.clear(), cells_.clear();
    for (std::int64_t node = 0; node <= cells && rank_of_world() == 0; ++node) {
      xy_.insert(xy_.end(), {static_cast<double>(node), 0.0});
      nodes_.push_back(node);
    }
    for (std::int64_t cell = 0; cell < cells && rank_of_world() == 0; ++cell) {
      connectivity_.insert(connectivity_.end(), {cell, cell + 1});
      cells_.push_back(cell);
    }
    types_.assign(cells_.size(), tessera::CellType::line);
    return run.mesh(
        "chain",
        {.coordinates = xy_, .types = types_, .connectivity = connectivity_, .node_ids = nodes_, .cell_ids = cells_},
        {.dimensions = 2, .version = number});
  }

 private:
  std::vector<double> xy_;
  std::vector<std::int64_t> connectivity_, nodes_, cells_;
  std::vector<tessera::CellType> types_;
};

}  // namespace

void write_kinds(const std::string& file, int first_plane, int end_plane, int first_step, int end_step, bool in_time) {
  tessera::Writer out(MPI_COMM_WORLD, file, {.overwrite = true});
  auto run = out.run("kinds");
  const auto drops = run.table("drops", {.position = "place"});
  const auto id = run.field<std::int64_t>("id", drops);
  const auto place = run.field<double>("place", drops, {.components = 3});
  const std::int64_t planes = end_plane - first_plane;
  const tessera::Grid grid{{planes, columns}, {.origin = {static_cast<double>(first_plane), 0}, .axes = {"z", "y"}}};
  const auto probe = run.field<double>("probe", grid, {.time_axis = "probe_time"});
  run.scalar("norm", {.time_axis = "probe_time"});
  std::optional<tessera::Refinement> amr;
  std::optional<tessera::RefinedField<double>> density;
  if (in_time) {
    amr = run.refinement("amr", {.cells = {24, 8}, .levels = 2, .ratio = {2}});
    density = run.field<double>("density", *amr);
  }
  Chain chain;
  int version = 0;
  tessera::Field<double> stress;
  const auto [begin, end] = own_planes(first_plane, end_plane);
  for (int n = first_step; n < end_step; ++n) {
    if (in_time && version != (n < 2 ? 1 : 2)) {
      version = n < 2 ? 1 : 2;
      stress = run.field<double>("stress", chain.version(run, version).cells());
    }
    if (in_time) run.regrid(*amr, {{{{begin, 0}, {end, 8}}}, {{{2 * begin, 2}, {2 * end, 4}}}});
    auto step = run.step(0.25 * n);
    const std::vector<std::int64_t> ids = ids_of(begin, end, n);
    std::vector<double> places;
    for (const std::int64_t one : ids) {
      places.insert(places.end(), {static_cast<double>(one), 0.5 * static_cast<double>(one), -1.0});
    }
    step.put(id, ids);
    step.put(place, places);
    const std::vector<double> values = probes(begin, end, n);
    if (n % 2 == 0) {
      if (!values.empty()) step.put(probe, {{begin - first_plane, 0}, {end - first_plane, columns}}, values.data());
      step.scalar("norm", 1.5 * n);
    }
    std::array<std::vector<std::vector<double>>, 2> cells;
    for (int level = 0; in_time && level < 2; ++level) {
      for (const tessera::Box& box : amr->boxes(level)) {
        cells[static_cast<std::size_t>(level)].emplace_back(static_cast<std::size_t>(box.volume()), 100.0 * n + level);
      }
      step.put(*density, level, cells[static_cast<std::size_t>(level)]);
    }
    std::vector<double> stresses(rank_of_world() == 0 ? (version == 1 ? 20 : 30) : 0);
    for (std::size_t i = 0; i < stresses.size(); ++i) stresses[i] = 10.0 * n + static_cast<double>(i);
    if (in_time) step.put(stress, stresses);
    step.commit();
  }
  out.close();
}

void read_kinds(const std::string& file) {
  tessera::Reader in(MPI_COMM_WORLD, file);
  const auto run = in.run("kinds");
  std::string text;
  for (std::int64_t n = 0; n < run.steps(); ++n) {
    auto step = run.step(n);
    const tessera::Box share = step.share("drops");
    const auto rows = static_cast<std::size_t>(share.volume());
    std::vector<std::int64_t> ids(rows);
    std::vector<double> places(3 * rows);
    if (rows > 0) {
      step.get("id", share, ids.data());
      step.get("place", share, places.data());
    }
    const auto [begin, end] = own_planes(0, 24);
    std::vector<double> values(static_cast<std::size_t>((end - begin) * columns));
    if (n % 2 == 0 && begin < end) step.get("probe", {{begin, 0}, {end, columns}}, values.data());
    step.read();
    bool is_right = n % 2 != 0 || values == probes(begin, end, static_cast<int>(n));
    for (std::size_t i = 0; i < rows; ++i) {
      is_right = is_right && places[3 * i + 1] == 0.5 * static_cast<double>(ids[i]) && places[3 * i + 2] == -1.0;
    }
    text += is_right ? " right" : " WRONG";
    for (const std::int64_t one : ids) text += " " + std::to_string(one);
  }
  std::printf("rank %d:%s\n", rank_of_world(), text.c_str());
}
