// Writes one segment of a study: a box of a grid, some steps.
//   segment_writer FILE --planes BEGIN END --steps BEGIN END [--scalar X] [--parameter N] [--late] [--append]
// Reads the whole of it, each rank other planes than it wrote; prints how often values were right, or an error:
//   segment_writer FILE --read [--late]   of the field `late` the first 8 planes were written
// The same of a run with tables, time axes, meshes (segment_kinds.hpp):
//   segment_writer FILE --planes BEGIN END --steps BEGIN END --kinds [--in-time]
//   segment_writer FILE --read --kinds
// Values are functions of the place in the whole grid and of the number of the step: check_join.py has the same.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/tessera.hpp>

#include "segment_kinds.hpp"

namespace {

constexpr std::int64_t planes = 24;
constexpr std::int64_t rows = 20;
constexpr std::int64_t columns = 16;

struct Arguments {
  std::string file;
  std::int64_t first_plane = 0;
  std::int64_t end_plane = planes;
  int first_step = 0;
  int end_step = 4;
  double scalar = 1;
  int parameter = 7;
  bool late = false;
  bool append = false;
  bool read = false;
  bool kinds = false;
  bool in_time = false;
};

Arguments read(int argc, char** argv) {
  Arguments result;
  result.file = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    const auto next = [&] { return std::atoll(argv[++i]); };
    if (name == "--planes") {
      result.first_plane = next();
      result.end_plane = next();
    } else if (name == "--steps") {
      result.first_step = static_cast<int>(next());
      result.end_step = static_cast<int>(next());
    } else if (name == "--scalar") {
      result.scalar = static_cast<double>(next());
    } else if (name == "--parameter") {
      result.parameter = static_cast<int>(next());
    } else if (name == "--late") {
      result.late = true;
    } else if (name == "--append") {
      result.append = true;
    } else if (name == "--read") {
      result.read = true;
    } else if (name == "--kinds") {
      result.kinds = true;
    } else if (name == "--in-time") {
      result.in_time = true;
    }
  }
  return result;
}

/// This rank's planes of the segment; the last rank may have none.
tessera::Box own_box(const Arguments& arguments, int rank, int size) {
  const std::int64_t count = arguments.end_plane - arguments.first_plane;
  const std::int64_t each = (count + size - 1) / size;
  const std::int64_t begin = std::min<std::int64_t>(rank * each, count);
  return {{begin, 0, 0}, {std::min(begin + each, count), rows, columns}};
}

std::vector<double> values(const Arguments& arguments, const tessera::Box& box, double step) {
  std::vector<double> result;
  for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z) {
    for (std::int64_t y = 0; y < rows; ++y) {
      for (std::int64_t x = 0; x < columns; ++x) {
        result.push_back(step * 1e6 + static_cast<double>(((z + arguments.first_plane) * rows + y) * columns + x));
      }
    }
  }
  return result;
}

void write(const Arguments& arguments, int rank, int size) {
  tessera::Options options;
  options.overwrite = !arguments.append;
  if (arguments.append) options.open = tessera::OpenMode::append;
  tessera::Writer out(MPI_COMM_WORLD, arguments.file, options);
  auto run = out.run("heat", {{"resolution", arguments.parameter}});
  const std::int64_t count = arguments.end_plane - arguments.first_plane;
  const tessera::Grid grid{{count, rows, columns},
                           {.spacing = {0.5, 1, 1},
                            .origin = {0.5 * static_cast<double>(arguments.first_plane), 0, 0},
                            .unit = "m"}};
  auto T = run.field<double>("temperature", grid, {.unit = "K"});
  auto k = run.field<double>("conductivity", grid, {.time_dependent = false});
  std::optional<tessera::Field<float>> late;
  if (arguments.late) late = run.field<float>("late", grid, {.fill = -1.0F});
  const tessera::Box box = own_box(arguments, rank, size);
  if (!arguments.append) {
    const std::vector<double> fixed = values(arguments, box, -1);
    auto statics = run.statics();
    if (!fixed.empty()) statics.put(k, box, fixed.data());
    statics.commit();
  }
  for (int step = arguments.first_step; step < arguments.end_step; ++step) {
    auto next = run.step(0.25 * step);
    const std::vector<double> mine = values(arguments, box, step);
    if (!mine.empty()) next.put(T, box, mine.data());
    next.scalar("residual", arguments.scalar / (1 + step));
    const std::vector<float> rounded(mine.begin(), mine.end());
    if (late && !rounded.empty()) next.put(*late, box, rounded.data());
    next.commit();
  }
  out.close();
}

/// Each rank reads some planes of every step, the last ones most.
void read_back(const Arguments& arguments, int rank, int size) {
  tessera::Reader in(MPI_COMM_WORLD, arguments.file);
  const auto run = in.run("heat");
  const std::int64_t begin = planes * rank * rank / (size * size);
  const std::int64_t end = planes * (rank + 1) * (rank + 1) / (size * size);
  const tessera::Box box{{begin, 0, 0}, {end, rows, columns}};
  std::vector<double> found(static_cast<std::size_t>((end - begin) * rows * columns));
  std::vector<double> late(found.size());
  std::string result;
  for (std::int64_t number = 0; number < run.steps(); ++number) {
    try {
      auto step = run.step(number);
      step.get("temperature", box, found.data());
      if (arguments.late) step.get("late", box, late.data());
      step.read();
      const std::vector<double> expected = values(arguments, box, static_cast<double>(number));
      bool is_right = found == expected;
      for (std::size_t i = 0; arguments.late && i < late.size(); ++i) {
        const bool is_there = begin * rows * columns + static_cast<std::int64_t>(i) < 8 * rows * columns;
        is_right = is_right && late[i] == (is_there ? static_cast<double>(static_cast<float>(expected[i])) : -1.0);
      }
      result += is_right ? " right" : " WRONG";
    } catch (const tessera::Error& error) {
      result += std::string(" (") + error.what() + ")";
    }
  }
  std::printf("rank %d:%s\n", rank, result.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  int result = 0;
  try {
    const Arguments arguments = read(argc, argv);
    if (arguments.kinds && arguments.read) {
      read_kinds(arguments.file);
    } else if (arguments.kinds) {
      write_kinds(arguments.file, static_cast<int>(arguments.first_plane), static_cast<int>(arguments.end_plane),
                  arguments.first_step, arguments.end_step, arguments.in_time);
    } else if (arguments.read) {
      read_back(arguments, rank, size);
    } else {
      write(arguments, rank, size);
    }
  } catch (const std::exception& error) {
    if (rank == 0) std::fprintf(stderr, "%s\n", error.what());
    result = 1;
  }
  MPI_Finalize();
  return result;
}
