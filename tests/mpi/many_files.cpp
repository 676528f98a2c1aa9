#include <gtest/gtest.h>

#include <hdf5.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/blocks.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// A process that opens and closes 1,000 files keeps nothing of them: no descriptor, thread, HDF5 identifier,
/// communicator or memory. Some files are never closed, some cannot be opened, some have steps that fail.

using namespace tessera_test;

namespace {

const tessera::Index shape{8, 8, 8};

/// What a process has of things that can leak.
struct Holdings {
  std::ptrdiff_t descriptors = 0;
  long threads = 0;
  long resident_kib = 0;
  ssize_t hdf5_identifiers = 0;    ///< of files, groups, datasets, types and attributes
  MPI_Fint next_communicator = 0;  ///< numbers of freed ones are used again
  std::ptrdiff_t files = 0;        ///< in the current directory
};

std::ptrdiff_t entries_of(const char* directory) {
  return std::distance(std::filesystem::directory_iterator(directory), std::filesystem::directory_iterator());
}

long status_of_process(const std::string& key) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != key) {
  }
  long value = -1;
  status >> value;
  return value;
}

Holdings take_stock() {
  Holdings now;
  MPI_Comm next = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &next);
  now.next_communicator = MPI_Comm_c2f(next);
  MPI_Comm_free(&next);
  now.descriptors = entries_of("/proc/self/fd");
  now.threads = status_of_process("Threads:");
  now.resident_kib = status_of_process("VmRSS:");
  now.hdf5_identifiers = H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL);
  MPI_Barrier(MPI_COMM_WORLD);
  now.files = entries_of(".");
  MPI_Barrier(MPI_COMM_WORLD);
  return now;
}

/// A file with a step that is there and one that is refused.
void write(tessera::Writer& writer) {
  auto run = writer.run("run", {{"parameter", 1}});
  const auto field = run.field<double>("field", tessera::Grid{shape}, {.components = 2});
  const tessera::Box own = slabs(shape, world_size())[static_cast<std::size_t>(world_rank())][0];
  const std::vector<double> values(2 * 512, 1.0);
  {
    auto step = run.step(0);
    step.put(field, own, values.data());
    step.scalar("scalar", 1);
    step.commit();
  }
  auto step = run.step(-1);
  step.put(field, own, values.data());
  EXPECT_THROW(step.commit(), tessera::Error);
}

void one_file(int number) {
  const std::string path = output_path("." + std::to_string(number % 3));
  if (number % 10 == 3) {
    EXPECT_THROW(tessera::Writer(MPI_COMM_WORLD, path), tessera::Error) << "the file is there";
    EXPECT_THROW(tessera::Writer(MPI_COMM_WORLD, "no/such/directory/file.h5"), tessera::Error);
    return;
  }
  tessera::Writer writer(MPI_COMM_WORLD, path, {.overwrite = true});
  write(writer);
  if (number % 10 != 7) writer.close();
}

/// Swallows the warnings about files that are not closed.
class Quiet {
 public:
  Quiet() { testing::internal::CaptureStderr(); }
  ~Quiet() {
    std::istringstream text(testing::internal::GetCapturedStderr());
    for (std::string line; std::getline(text, line);) {
      if (!line.starts_with("tessera: warning: the writer of")) std::fprintf(stderr, "%s\n", line.c_str());
    }
  }
};

TEST(ManyFiles, LeaveNothingBehind) {
  constexpr int warm_up = 200;  // until then MPI makes pools of what it needs, also for taking stock
  constexpr int all = 1000;
  Holdings before;
  Holdings after;
  {
    const Quiet quiet;  // has a descriptor itself
    for (int number = 0; number < all; ++number) {
      if (number == warm_up / 2 || number == warm_up) before = take_stock();
      one_file(number);
    }
    after = take_stock();
  }
  if (world_rank() == 0) {
    std::printf(
        "after %d and %d files: %td and %td descriptors, %ld and %ld threads, %td and %td HDF5 identifiers, next "
        "communicator %d and %d, %ld and %ld KiB\n",
        warm_up, all, before.descriptors, after.descriptors, before.threads, after.threads, before.hdf5_identifiers,
        after.hdf5_identifiers, before.next_communicator, after.next_communicator, before.resident_kib,
        after.resident_kib);
  }
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_EQ(after.threads, before.threads);
  EXPECT_EQ(after.hdf5_identifiers, before.hdf5_identifiers);
  EXPECT_EQ(after.next_communicator, before.next_communicator);
  EXPECT_EQ(after.files, before.files);
#if !defined(__SANITIZE_ADDRESS__)
  // The allocator gives a threshold's worth of memory back now and then: that much more or less is no leak.
  EXPECT_LE(after.resident_kib, before.resident_kib + 2048) << "more than 2.5 KiB of each file is left";
#endif
}

}  // namespace
