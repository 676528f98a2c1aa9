/// \file
/// Changes bytes of a file and reads it: read_fuzz FIRST_SEED ROUNDS [append]. Each round ends within
/// seconds, with an Error or with the values that were written, where the file has a checksum of them. With `append`
/// the file is gone on with first, in the same way: where that is refused the file is as it was, to the byte; where a
/// step was committed it reads back. A round that crashes or hangs has printed its seed; `read_fuzz SEED 1` does it
/// again, and leaves the file as read_fuzz.h5.

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

#include "seed_files.hpp"

namespace {

using tessera_fuzz::Kind;
using tessera_fuzz::Reading;
using tessera_fuzz::steps;

constexpr const char* path = "read_fuzz.h5";
constexpr unsigned seconds_per_round = 20;

/// What dies says which round it was; async-signal-safe.
std::array<char, 64> round_text{};

void tell(int signal) {
  const std::string_view what = signal == SIGALRM ? "HANGS: " : "CRASHES: ";
  if (write(2, what.data(), what.size()) < 0 || write(2, round_text.data(), std::strlen(round_text.data())) < 0) {
  }
  _exit(3);
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

/// How many reads ended with an error, of the steps that the file had at first.
int read_file(const Kind& kind) {
  Reading reading(fail);
  reading.attempt([&] {
    tessera::Reader in(MPI_COMM_SELF, path);
    reading.attempt([&] {
      const auto run = in.run("a");
      for (int n = 0; n < steps; ++n) kind.read(reading, run, n);
      kind.read_statics(reading, run);
    });
    reading.attempt([&] { in.refresh(); });
    in.close();
  });
  return reading.errors();
}

/// Continues the file. \returns whether that was refused or failed
bool append_to_file(const Kind& kind, const std::vector<char>& before) {
  try {
    kind.write(path, steps, steps + 1);
  } catch (const tessera::Error& error) {
    if (error.code() == tessera::ErrorCode::internal) fail(error.what());
    const bool refused = std::string_view(error.what()).find("cannot be continued") != std::string_view::npos;
    if (refused && content() != before) fail("a file that cannot be continued was changed: ");
    return true;
  }
  try {
    tessera::Reader in(MPI_COMM_SELF, path);
    Reading reading(fail);
    kind.read(reading, in.run("a"), steps);
    if (reading.errors() > 0) fail("a step that was committed cannot be read: ");
    in.close();
  } catch (const tessera::Error& error) {
    fail(error.what());
  }
  return false;
}

/// A file as it was written, and where its blocks are.
struct Seed {
  explicit Seed(const Kind& made) : kind(made) {
    kind.write(path, 0, steps);
    bytes = content();
    places = signatures(bytes);
    if (read_file(kind) != 0) fail("the file as it was written cannot be read\n");
  }
  const Kind& kind;
  std::vector<char> bytes;
  std::vector<std::size_t> places;
  unsigned rounds = 0;
  unsigned errors = 0;  ///< rounds that met any
};

void run_round(Seed& seed, unsigned number, bool append) {
  std::mt19937 random(number);
  std::vector<char> bytes = seed.bytes;
  change(bytes, seed.places, random);
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  alarm(seconds_per_round);
  const bool appended = append && !append_to_file(seed.kind, bytes);
  if (read_file(seed.kind) != 0 || (append && !appended)) ++seed.errors;
  alarm(0);
  ++seed.rounds;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  setenv("SOURCE_DATE_EPOCH", "1790000000", 1);  // the same files, and so the same damage, each time
  const unsigned first = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
  const unsigned rounds = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 100;
  const bool append = argc > 3 && std::string_view(argv[3]) == "append";
  for (const int signal : {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGABRT}) std::signal(signal, tell);
  std::vector<Seed> seeds(tessera_fuzz::kinds().begin(), tessera_fuzz::kinds().end());
  for (unsigned number = first; number < first + rounds; ++number) {
    std::snprintf(round_text.data(), round_text.size(), "seed %u\n", number);
    run_round(seeds[number % seeds.size()], number, append);
  }
  unsigned with_errors = 0;
  for (const Seed& seed : seeds) {
    std::printf("%s: %u files, %u with errors\n", seed.kind.name, seed.rounds, seed.errors);
    with_errors += seed.errors;
  }
  std::printf("%u rounds, %u with errors, no wrong value\n", rounds, with_errors);
  std::fflush(stdout);
  MPI_Finalize();
  _exit(with_errors > 0 ? 0 : 1);  // what HDF5 keeps of damaged files is not to be tidied up
}
