/// \file
/// A run whose every value is known: the subject of the crash tests.
///
///     crash_writer FILE STEPS [--trace PREFIX] [--progress FILE] [--power-safe] [--shift] [--grace MS] [--pause MS]
///                  [--resume DROP] [--leave] [--statistics] [--paraview] [--in-flight STEPS] [--by-thread]
///                  [--no-table]
///                  [--mesh] [--refinement]
///
/// Writes `simulation` with `a` (float64, 21 x 18 x 16), `v` (float32, 3 components with names), the static `material`,
/// the scalar `energy`, `probes` and (not in every step) `gaps` with several steps in a chunk, the table `drops`, and
/// every third step `snapshot` and `norm` on a time axis of their own, of
/// which --no-table leaves the last three out; with --mesh, versions of a mesh whose nodes move (net.hpp), with
/// --refinement two levels of boxes (refined.hpp). check_run.py has the formulas. After every commit the number of
/// committed steps goes to the progress file. With --in-flight commits do not wait; with --by-thread neither, and a
/// thread publishes steps without a further call. With --resume it continues the file, where there is one, but for its
/// last DROP steps; the first one always stays. With --leave it ends without close(). STEPS counts those that are
/// there, too.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <tessera/tessera.hpp>

#include "net.hpp"
#include "recorder.hpp"
#include "refined.hpp"

namespace {

struct Arguments {
  std::string file;
  int steps = 0;
  std::string trace;
  std::string progress;
  bool shift = false;
  bool leave = false;
  int drop = -1;  ///< below 0: a new file
  int pause_ms = 0;
  bool waits = true;
  bool by_thread = false;
  bool has_table = true;
  bool has_mesh = false;
  bool has_refinement = false;
  tessera::Options options{.overwrite = true, .chunk_bytes = 1};
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  arguments.file = argv[1];
  arguments.steps = std::atoi(argv[2]);
  for (int i = 3; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--trace") arguments.trace = argv[++i];
    else if (name == "--progress") arguments.progress = argv[++i];
    else if (name == "--power-safe") arguments.options.durability = tessera::Durability::power_safe;
    else if (name == "--shift") arguments.shift = true;
    else if (name == "--leave") arguments.leave = true;
    else if (name == "--no-table") arguments.has_table = false;
    else if (name == "--mesh") arguments.has_mesh = true;
    else if (name == "--refinement") arguments.has_refinement = true;
    else if (name == "--statistics") arguments.options.statistics = true;
    else if (name == "--paraview") arguments.options.paraview = tessera::SideFiles::both;
    else if (name == "--in-flight") {
      arguments.waits = false;
      arguments.options.steps_in_flight = static_cast<std::size_t>(std::atoi(argv[++i]));
    } else if (name == "--by-thread") {
      arguments.by_thread = true;
      arguments.waits = false;
      arguments.options.publish_by = tessera::PublishBy::thread_alone;
    } else if (name == "--resume") arguments.drop = std::atoi(argv[++i]);
    else if (name == "--grace") arguments.options.reader_grace_ms = std::atoi(argv[++i]);
    else if (name == "--pause") arguments.pause_ms = std::atoi(argv[++i]);
    else std::exit(64);
  }
  if (arguments.drop >= 0) {
    arguments.options.overwrite = false;
    arguments.options.open = tessera::OpenMode::append_or_create;
  }
  return arguments;
}

constexpr std::int64_t nz = 21, ny = 18, nx = 16;

/// Rows [first, second) of axis 0; with `shift` the boundaries do not follow the chunks.
std::pair<std::int64_t, std::int64_t> rows_of(int rank, int size, bool shift) {
  const auto bound = [&](int r) -> std::int64_t {
    if (r == 0) return 0;
    if (r == size) return nz;
    return nz * r / size + (shift ? 1 : 0);
  };
  return {bound(rank), bound(rank + 1)};
}

/// This rank's rows of the step's 5 n % 13.
struct Drops {
  std::vector<std::int64_t> ids;
  std::vector<double> places;

  Drops(int step, int rank, int size) {
    const int rows = 5 * step % 13;
    for (int row = rows * rank / size; row < rows * (rank + 1) / size; ++row) {
      ids.push_back(1000 * step + row);
      places.insert(places.end(), {0.5 * row, 1.0 * step});
    }
  }
};

/// Without a call that could publish anything.
void wait_until_published(const tessera::Writer& out) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (out.in_flight() > 0) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no thread has published the step");
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

void report(int descriptor, int committed) {
  const std::string text = std::to_string(committed) + "        ";
  if (descriptor >= 0 && pwrite(descriptor, text.data(), 8, 0) < 0) std::perror("progress");
}

void run(const Arguments& arguments, int rank, int size) {
  const int progress = rank == 0 && !arguments.progress.empty()
                           ? open(arguments.progress.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644)
                           : -1;
  tessera::Writer out(MPI_COMM_WORLD, arguments.file, arguments.options);
  auto simulation = out.run("simulation", {{"resolution", 21}, {"label", "crash"}});
  const tessera::Grid grid{{nz, ny, nx}, {.spacing = {0.5}, .unit = "m"}};
  auto a = simulation.field<double>("a", grid, {.unit = "K", .chunk = {7, 9, 8}});
  auto v = simulation.field<float>("v", grid, {.component_names = {"vx", "vy", "vz"}, .chunk = {7, 18, 16}});
  auto material = simulation.field<std::int32_t>("material", grid, {.time_dependent = false});

  tessera::Field<std::int64_t> id;
  tessera::Field<double> place;
  if (arguments.has_table) {
    const auto drops = simulation.table("drops", {.chunk_rows = 4});
    id = simulation.field<std::int64_t>("drop", drops);
    place = simulation.field<double>("place", drops, {.components = 2, .codec = tessera::Codec::none()});
  }
  tessera::Field<double> snapshot;
  if (arguments.has_table) {
    snapshot = simulation.field<double>("snapshot", grid, {.chunk = {7, 18, 16}, .time_axis = "snapshot_time"});
    simulation.scalar("norm", {.time_axis = "snapshot_time"});
  }

  const tessera::Grid six{{6}, {.axes = {"probe"}}};
  const auto probes = simulation.field<double>("probes", six, {.chunk = {4, 6}});
  const auto gaps = simulation.field<std::int32_t>("gaps", six, {.fill = -1, .chunk = {3, 6}});

  std::optional<tessera::crash::Refined> refined;
  if (arguments.has_refinement) refined.emplace(simulation);

  const auto [first, last] = rows_of(rank, size, arguments.shift);
  const tessera::Box box{{first, 0, 0}, {last, ny, nx}};
  const auto cells = static_cast<std::size_t>(box.volume());
  std::vector<double> values(cells);
  std::vector<float> vectors[3];
  for (std::vector<float>& vector : vectors) vector.resize(cells);
  std::vector<std::int32_t> numbers(cells);
  const auto there = static_cast<int>(simulation.steps());
  report(progress, there);
  if (there > 0) simulation.keep(std::max(1, there - arguments.drop));
  tessera::crash::Net net;
  for (auto n = static_cast<int>(simulation.steps()); n < arguments.steps; ++n) {
    for (std::size_t i = 0; i < cells; ++i) {
      const auto global = static_cast<double>(static_cast<std::size_t>(first * ny * nx) + i);
      values[i] = n * 1e5 + global + 0.1 * n;
      for (std::size_t c = 0; c < 3; ++c)
        vectors[c][i] = static_cast<float>(global + static_cast<double>(c) * 0.25 + n);
      numbers[i] = static_cast<std::int32_t>(global) * 7;
    }
    if (arguments.has_mesh) net.become_that_of(n, simulation, rank, size);
    if (refined) refined->regrid(simulation, n, rank, size);
    auto step = simulation.step(0.25 * n);
    step.put(a, box, values.data());
    step.put(v, box, tessera::components(vectors[0], vectors[1], vectors[2]));
    if (n == 0) step.put(material, box, numbers.data());
    for (std::int64_t i = 6 * rank / size; i < 6 * (rank + 1) / size; ++i) {
      step.put(probes, {{i}, {i + 1}}, std::vector<double>{1000.0 * n + static_cast<double>(i)});
      if (n % 4 != 2) step.put(gaps, {{i}, {i + 1}}, std::vector<std::int32_t>{static_cast<std::int32_t>(10 * n + i)});
    }
    step.scalar("energy", 3.5 * n);
    const Drops rows(n, rank, size);
    if (arguments.has_table) step.put(id, rows.ids);
    if (arguments.has_table) step.put(place, rows.places);
    if (arguments.has_table && n % 3 == 1) {
      step.put(snapshot, box, std::vector<double>(values));
      step.scalar("norm", 0.5 * n);
    }
    if (arguments.has_mesh) net.put(step, n);
    if (refined) refined->put(step, n);
    arguments.waits ? step.commit() : step.commit_async();
    if (arguments.by_thread) wait_until_published(out);
    report(progress, n + 1 - static_cast<int>(out.in_flight()));
    if (arguments.pause_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(arguments.pause_ms));
  }
  if (!arguments.leave) out.close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  const Arguments arguments = parse(argc, argv);
  int level = 0;
  MPI_Init_thread(&argc, &argv, arguments.by_thread ? MPI_THREAD_MULTIPLE : MPI_THREAD_SINGLE, &level);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  int result = 0;
  try {
    if (!arguments.trace.empty()) tessera::crash::record_to(arguments.trace + "." + std::to_string(rank));
    run(arguments, rank, size);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rank %d: %s\n", rank, error.what());
    result = 1;
  }
  MPI_Finalize();
  return result;
}
