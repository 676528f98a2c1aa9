/// \file
/// Writes checkpoints whose every value is known, one after the other, until it is ended; kill_checkpoints.py looks at
/// what is left.
///
///     checkpoint_writer PATH PROGRESS_FILE
///
/// Checkpoint n has `a` (float64, 21 x 18 x 16): n * 1e5 + the cell's number, and the attribute `step`: n. When one is
/// complete its number goes to the progress file.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include <tessera/checkpoint.hpp>

namespace {

constexpr std::int64_t nz = 21, ny = 18, nx = 16;

void write(const std::string& path, int rank, int size, int progress) {
  const std::int64_t first = nz * rank / size;
  const std::int64_t last = nz * (rank + 1) / size;
  std::vector<double> values(static_cast<std::size_t>((last - first) * ny * nx));
  tessera::Checkpoint checkpoint(MPI_COMM_WORLD, path, 0);
  const std::int64_t number = checkpoint.number();
  checkpoint.attribute("step", number);
  const auto a = checkpoint.field<double>("a", {{nz, ny, nx}}, {.chunk = {7, 9, 8}});
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<double>(number) * 1e5 + static_cast<double>(first * ny * nx) + static_cast<double>(i);
  }
  checkpoint.put(a, {{first, 0, 0}, {last, ny, nx}}, values.data());
  checkpoint.commit();
  const std::string text = std::to_string(number) + "        ";
  if (progress >= 0 && pwrite(progress, text.data(), 8, 0) < 0) std::perror("progress");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int progress = rank == 0 ? open(argv[2], O_CREAT | O_WRONLY, 0644) : -1;
  try {
    while (true) write(argv[1], rank, size, progress);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rank %d: %s\n", rank, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  return 0;
}
