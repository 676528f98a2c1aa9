#include "measure.hpp"

#include <fcntl.h>
#include <mpi.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "first_touch.hpp"
#include "floor.hpp"
#include "result.hpp"
#include "slowest_rank.hpp"
#include "writers.hpp"

namespace bench {

namespace {

/// What the repetitions of a row gave; the same on every rank.
struct Measured {
  std::vector<double> other;  ///< seconds
  std::vector<double> tessera;
  std::vector<double> encode;  ///< of these, when the other one is the floor
  std::vector<double> write;
  std::vector<double> other_faults;  ///< minor page faults per rank, for each of `other`
  std::vector<double> tessera_faults;
  std::vector<double> per_fault;  ///< seconds, before each pair
};

struct Ranks {
  int rank = 0;
  int number = 1;
};

Ranks ranks() {
  Ranks result;
  MPI_Comm_rank(MPI_COMM_WORLD, &result.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &result.number);
  return result;
}

/// No file of that name, and nothing left for the system to write: what one side began does not fall to the other.
void clear(const std::string& path, Place place) {
  if (ranks().rank != 0) return;
  std::filesystem::remove(path);
  if (place == Place::memory) return;
  const int directory = ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0 || ::syncfs(directory) != 0) throw std::runtime_error("cannot sync the file system of " + path);
  ::close(directory);
}

double max_over_ranks(double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return value;
}

/// The case as each side writes it.
Case case_of(const Row& row, const Comparison& comparison, Other side_is) {
  Case what = comparison.what;
  what.steps = row.other == Other::gzip ? comparison.gzip_steps : what.steps;
  what.level = side_is == Other::plain ? 0 : what.level;
  what.flush = what.power_safe = row.place == Place::fsync;
  return what;
}

/// Both sides of a row. Each call writes a file and returns the seconds that it took the slowest rank.
class Sides {
 public:
  Sides(const Row& row, const Comparison& comparison, const Block& block)
      : row_(row), block_(block), other_case_(case_of(row, comparison, row.other)),
        tessera_case_(case_of(row, comparison, Other::gzip)), other_path_(comparison.path(row, "other")),
        tessera_path_(comparison.path(row, "tessera")) {
    if (row.other == Other::floor) floor_ = std::make_unique<Floor>(other_case_, block, comparison.cut);
  }

  void warm_up() {
    const int steps = std::exchange(other_case_.steps, 1);
    tessera_case_.steps = 1;
    Measured ignored;
    write_other(ignored);
    write_tessera(ignored);
    other_case_.steps = tessera_case_.steps = steps;
  }

  void write_other(Measured& measured) {
    clear(other_path_, row_.place);
    count_faults(measured.other_faults, [&] { floor_ ? write_floor(measured) : write_by_hand_of(measured); });
  }

  void write_tessera(Measured& measured) {
    clear(tessera_path_, row_.place);
    count_faults(measured.tessera_faults, [&] {
      measured.tessera.push_back(
          slowest_rank([&] { write_with_tessera(MPI_COMM_WORLD, tessera_path_, tessera_case_, block_); }));
    });
  }

  /// Whether the files have equal content. Collective.
  bool same() const {
    if (floor_) return true;
    const auto [rank, number] = ranks();
    int fine = same_content(other_path_, tessera_path_, rank, number) ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &fine, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return fine == 1;
  }

  /// Bytes of the other side's file, on rank 0; the floor's has holes, what counts is what it wrote. Collective.
  double other_bytes() const {
    if (!floor_) return ranks().rank == 0 ? static_cast<double>(std::filesystem::file_size(other_path_)) : 0;
    auto bytes = static_cast<double>(floor_->bytes());
    MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return bytes;
  }
  double tessera_bytes() const { return static_cast<double>(std::filesystem::file_size(tessera_path_)); }
  int steps() const { return tessera_case_.steps; }
  void remove() const {
    std::filesystem::remove(other_path_);
    std::filesystem::remove(tessera_path_);
  }

 private:
  void write_by_hand_of(Measured& measured) {
    measured.other.push_back(slowest_rank([&] { write_by_hand(MPI_COMM_WORLD, other_path_, other_case_, block_); }));
  }

  void write_floor(Measured& measured) {
    const Floor::Times times = floor_->write(other_path_, ranks().rank);
    measured.encode.push_back(max_over_ranks(times.encode));
    measured.write.push_back(max_over_ranks(times.write));
    measured.other.push_back(max_over_ranks(times.encode + times.write));
  }

  Row row_;
  const Block& block_;
  Case other_case_;
  Case tessera_case_;
  std::string other_path_;
  std::string tessera_path_;
  std::unique_ptr<Floor> floor_;
};

std::string json_line(const Row& row, const Comparison& comparison, const Sides& sides, const Measured& measured,
                      double other_bytes) {
  const Case& what = comparison.what;
  const double raw_bytes = static_cast<double>(what.edge * what.edge * what.edge) * sizeof(double) * sides.steps();
  constexpr std::array places{"memory", "disk", "fsync"};
  std::ostringstream text;
  text.precision(12);
  text << "{\"row\": \"" << row.name << "\", \"field\": \"" << comparison.field << "\", \"ranks\": " << ranks().number
       << ", \"place\": \"" << places[static_cast<std::size_t>(row.place)]
       << "\", \"disk_limit\": " << comparison.disk_limit << ", \"engine\": \"" << what.engine
       << "\", \"edge\": " << what.edge << ", \"chunk\": " << what.chunk << ", \"steps\": " << sides.steps()
       << ", \"shift\": " << (row.shifted ? comparison.shift : 0) << ", \"level\": " << what.level
       << ", \"raw_bytes\": " << raw_bytes << ", \"other_bytes\": " << other_bytes
       << ", \"tessera_bytes\": " << sides.tessera_bytes() << ", \"other_seconds\": " << json_list(measured.other)
       << ", \"tessera_seconds\": " << json_list(measured.tessera)
       << ", \"other_faults\": " << json_list(measured.other_faults)
       << ", \"tessera_faults\": " << json_list(measured.tessera_faults)
       << ", \"seconds_per_fault\": " << json_list(measured.per_fault);
  if (!measured.encode.empty()) {
    text << ", \"encode_seconds\": " << json_list(measured.encode)
         << ", \"write_seconds\": " << json_list(measured.write);
  }
  if (row.other == Other::floor) text << ", \"cut\": " << (comparison.cut ? "true" : "false");
  text << ", \"compared\": " << (what.check && row.other != Other::floor ? "true" : "false") << "}";
  return text.str();
}

}  // namespace

std::string Comparison::path(const Row& row, const char* side) const {
  return (row.place == Place::memory ? memory : disk) + "/compare_" + std::string(row.name) + "_" + side + ".h5";
}

std::string measure(const Row& row, const Comparison& comparison, const Block& block) {
  Sides sides(row, comparison, block);
  sides.warm_up();
  Measured measured;
  for (int i = 0; i < comparison.what.repetitions; ++i) {
    measured.per_fault.push_back(mean_over_ranks(seconds_per_fault()));
    if (i % 2 == 0) sides.write_other(measured);
    sides.write_tessera(measured);
    if (i % 2 == 1) sides.write_other(measured);
  }
  if (comparison.what.check && !sides.same()) {
    throw std::runtime_error("row " + std::string(row.name) + ": the files of the two sides differ");
  }
  const double other_bytes = sides.other_bytes();
  if (ranks().rank != 0) return {};
  const std::string line = json_line(row, comparison, sides, measured, other_bytes);
  if (!comparison.keep || row.name != "gzip") sides.remove();
  return line;
}

}  // namespace bench
