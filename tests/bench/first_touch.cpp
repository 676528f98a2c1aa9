#include "first_touch.hpp"

#include <mpi.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace bench {

std::int64_t minor_faults() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) throw std::runtime_error("getrusage failed");
  return usage.ru_minflt;
}

double seconds_per_fault() {
  constexpr std::size_t bytes = std::size_t{64} << 20;
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory to measure first touches with");
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto* first = static_cast<volatile char*>(memory);
  const std::int64_t before = minor_faults();
  const double begin = MPI_Wtime();
  for (std::size_t at = 0; at < bytes; at += page) first[at] = 1;
  const double seconds = MPI_Wtime() - begin;
  const std::int64_t faults = minor_faults() - before;
  ::munmap(memory, bytes);
  return seconds / static_cast<double>(std::max<std::int64_t>(1, faults));
}

double mean_over_ranks(double value) {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return value / ranks;
}

}  // namespace bench
