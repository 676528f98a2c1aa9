#pragma once

#include <mpi.h>

#include <cstdlib>
#include <string>
#include <vector>

#include <tessera/writer.hpp>

#include "support/blocks.hpp"
#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// What happens to a file outside of the writer, and what stock tools say of it.

namespace tessera_test {

/// On rank 0, while the others wait.
template <class Action>
void on_first_rank(Action&& action) {
  MPI_Barrier(MPI_COMM_WORLD);
  if (world_rank() == 0) action();
  MPI_Barrier(MPI_COMM_WORLD);
}

/// A fresh directory for the running test, the same on all ranks. Not one in which check_files.py wants manifests.
std::string fresh_directory();

/// Runs a program with h5py imported, and `path` in its sys.argv[1], on rank 0. What it prints, on every rank, without
/// the last line break. Empty where there is no Python with h5py.
std::string python(const std::string& program, const std::string& path);
/// Whether there is one.
bool has_python();
/// A part of such a program: opens the group "a" as `d` with each engine of xarray that is there, and prints the engine
/// where `differs`, an expression, is true.
std::string with_xarray(const std::string& differs);

/// A file with one field, whose steps n = 1, 2, ... have the value n everywhere, by a writer without a manifest.
class SmallFile {
 public:
  explicit SmallFile(const std::string& path, tessera::Options options = {.overwrite = true});
  void commit();
  tessera::Writer& writer() { return writer_; }
  /// How many steps stock h5py finds in it, each with its values; on every rank. -1: it cannot be read, or is wrong.
  static int steps_in(const std::string& path);

 private:
  tessera::Writer writer_;
  tessera::Run run_;
  tessera::Field<double> field_;
  tessera::Box box_;
  std::vector<double> values_;
  double time_ = 0;
};

}  // namespace tessera_test
