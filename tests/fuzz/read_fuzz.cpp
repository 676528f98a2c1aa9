/// \file
/// Changes bytes of a file and reads it: read_fuzz FIRST_SEED ROUNDS [append]. Each round ends within seconds, with an
/// Error or with the values that were written, where the file has a checksum of them. With `append` the file is gone on
/// with first, in the same way: where that is refused the file is as it was, to the byte; where a step was committed it
/// reads back. A round that crashes or hangs has printed its seed; `read_fuzz SEED 1` does it again, and leaves the
/// file as read_fuzz.h5.

#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

using tessera::Box;
using tessera::Index;

constexpr const char* path = "read_fuzz.h5";
constexpr unsigned seconds_per_round = 20;
constexpr int steps = 2;
const Index shape{12, 9, 10};
const Box whole{{0, 0, 0}, shape};
constexpr std::size_t cells = 12 * 9 * 10;

/// What dies says which round it was; async-signal-safe.
std::array<char, 64> round_text{};

void tell(int signal) {
  const std::string_view what = signal == SIGALRM ? "HANGS: " : "CRASHES: ";
  if (write(2, what.data(), what.size()) < 0 || write(2, round_text.data(), std::strlen(round_text.data())) < 0) {
  }
  _exit(3);
}

template <class T>
std::vector<T> values_of(int step, std::size_t count) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<T>(1000 * step + 1) + static_cast<T>(i % 97) / static_cast<T>(8);
  }
  return values;
}

/// Steps from `first` to `end`, of a new file where that is the first one.
void write_file(int first, int end) {
  const bool append = first > 0;
  const auto mode = append ? tessera::OpenMode::append : tessera::OpenMode::create;
  tessera::Writer out(MPI_COMM_SELF, path, {.overwrite = !append, .open = mode});
  auto run = out.run("a", {{"viscosity", 0.5}, {"name", "x"}, {"list", std::vector<double>{1, 2}}});
  const tessera::Grid grid{shape};
  const auto p = run.field<double>("p", grid, {.unit = "Pa", .chunk = {4, 4, 4}});
  const auto v = run.field<float>("v", grid, {.components = 3, .chunk = {6, 9, 5}});
  const auto raw = run.field<std::int32_t>("raw", grid, {.chunk = {5, 5, 5}, .codec = tessera::Codec::none()});
  const auto mask = run.field<std::int64_t>("mask", grid, {.time_dependent = false, .chunk = {12, 9, 10}});
  for (int n = first; n < end; ++n) {
    auto step = run.step(n);
    const auto of_p = values_of<double>(n, cells);
    const auto of_v = values_of<float>(n, 3 * cells);
    const auto of_raw = values_of<std::int32_t>(n, cells);
    const auto of_mask = values_of<std::int64_t>(0, cells);
    step.put(p, whole, of_p);
    step.put(v, whole, of_v);
    step.put(raw, whole, of_raw);
    if (n == 0) step.put(mask, whole, of_mask);
    step.scalar("energy", n);
    step.commit();
  }
  out.close();
}

std::vector<char> content() {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Places where the format has something to say: signatures of HDF5's blocks.
std::vector<std::size_t> signatures(const std::vector<char>& bytes) {
  constexpr std::array<std::string_view, 12> all{"OHDR", "OCHK", "EAHD", "EAIB", "EADB", "EASB",
                                                 "FAHD", "FADB", "FRHP", "FHDB", "BTHD", "GCOL"};
  std::vector<std::size_t> places{0};
  for (std::size_t at = 0; at + 4 <= bytes.size(); ++at) {
    if (std::ranges::find(all, std::string_view(&bytes[at], 4)) != all.end()) places.push_back(at);
  }
  return places;
}

void change(std::vector<char>& bytes, const std::vector<std::size_t>& places, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return random() % bound; };
  const std::size_t count = 1 + below(4);
  for (std::size_t i = 0; i < count; ++i) {
    // Half of all changes meet metadata.
    const std::size_t at =
        below(2) == 0 ? below(bytes.size()) : std::min(bytes.size() - 1, places[below(places.size())] + below(160));
    const std::size_t length = std::min<std::size_t>(bytes.size() - at, 1 + below(16));
    switch (below(6)) {
      case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
      case 1: bytes[at] = static_cast<char>(random()); break;
      case 2: std::fill_n(&bytes[at], length, '\0'); break;
      case 3: std::fill_n(&bytes[at], length, '\xff'); break;
      case 4: std::memmove(&bytes[at], &bytes[below(bytes.size() - length)], length); break;
      default:
        if (below(8) == 0) bytes.resize(1 + below(bytes.size()));
        return;
    }
  }
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "%s: %s", what, round_text.data());
  _exit(2);
}

template <class T>
void read_field(const tessera::StoredRun& run, const char* name, int number, std::size_t count, bool has_checksum) {
  auto step = number < 0 ? run.statics() : run.step(number);
  std::vector<T> values(count);
  step.get(name, whole, values);
  step.read();
  if (has_checksum && values != values_of<T>(std::max(number, 0), count)) fail("WRONG VALUES");
}

/// Only an error that users can make something of.
void check_error(const tessera::Error& error) {
  if (error.code() == tessera::ErrorCode::internal) fail(error.what());
}

/// How many reads ended with an error, of the steps that write_file() made.
int read_file() {
  int errors = 0;
  const auto attempt = [&](auto&& action) {
    try {
      action();
    } catch (const tessera::Error& error) {
      check_error(error);
      ++errors;
    }
  };
  attempt([&] {
    tessera::Reader in(MPI_COMM_SELF, path);
    attempt([&] {
      const auto run = in.run("a");
      for (int n = 0; n < steps; ++n) {
        attempt([&] { read_field<double>(run, "p", n, cells, true); });
        attempt([&] { read_field<float>(run, "v", n, 3 * cells, true); });
        attempt([&] { read_field<std::int32_t>(run, "raw", n, cells, false); });
      }
      attempt([&] { read_field<std::int64_t>(run, "mask", -1, cells, true); });
    });
    attempt([&] { in.refresh(); });
    in.close();
  });
  return errors;
}

/// Continues the file. \returns whether that was refused or failed
bool append_to_file(const std::vector<char>& before) {
  try {
    write_file(steps, steps + 1);
  } catch (const tessera::Error& error) {
    check_error(error);
    const bool refused = std::string_view(error.what()).find("cannot be continued") != std::string_view::npos;
    if (refused && content() != before) fail("a file that cannot be continued was changed: ");
    return true;
  }
  try {
    tessera::Reader in(MPI_COMM_SELF, path);
    read_field<double>(in.run("a"), "p", steps, cells, true);
    read_field<std::int32_t>(in.run("a"), "raw", steps, cells, true);
    in.close();
  } catch (const tessera::Error& error) {
    fail(error.what());
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const unsigned first = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
  const unsigned rounds = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 100;
  const bool append = argc > 3 && std::string_view(argv[3]) == "append";
  for (const int signal : {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGABRT}) std::signal(signal, tell);
  write_file(0, steps);
  const std::vector<char> original = content();
  const auto places = signatures(original);
  if (read_file() != 0) fail("the file as it was written cannot be read\n");
  unsigned with_errors = 0;
  for (unsigned seed = first; seed < first + rounds; ++seed) {
    std::snprintf(round_text.data(), round_text.size(), "seed %u\n", seed);
    std::mt19937 random(seed);
    std::vector<char> bytes = original;
    change(bytes, places, random);
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    alarm(seconds_per_round);
    const bool appended = append && !append_to_file(bytes);
    if (read_file() != 0 || (append && !appended)) ++with_errors;
    alarm(0);
  }
  std::printf("%u rounds, %u with errors, no wrong value\n", rounds, with_errors);
  std::fflush(stdout);
  MPI_Finalize();
  _exit(with_errors > 0 ? 0 : 1);  // what HDF5 keeps of damaged files is not to be tidied up
}
