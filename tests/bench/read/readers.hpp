#pragma once

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "case.hpp"

/// \file
/// Ways to read all steps of the field dataset_path, each rank its own block, into `block.values[0]`, one step after
/// the other. All open the file and close it. Collective.

namespace bench {

/// With tessera::Reader.
void read_with_tessera(const std::string& path, const Case& what, Block& block);

/// With stock parallel HDF5: one collective H5Dread per step.
void read_by_hand(const std::string& path, const Case& what, Block& block);

/// What no reader can do without: on every rank, read the bytes of its share of the chunks and decode them, into
/// nothing. No messages, no copy to where it is wanted, and where chunks lie is known.
class ReadFloor {
 public:
  ReadFloor(const std::string& path, const Case& what);
  ~ReadFloor();
  void read() const;
  /// Bytes of all chunks of all ranks, as stored.
  std::uint64_t stored_bytes() const;

 private:
  struct Chunks;
  std::unique_ptr<Chunks> chunks_;
};

/// h5py in a process of its own, which waits between its turns. On rank 0.
class PythonReader {
 public:
  /// \param interpreter empty: none
  PythonReader(const std::string& interpreter, const std::string& script, const std::string& path);
  ~PythonReader();
  /// Seconds in which it reads all steps, whole.
  double read();

 private:
  int to_ = -1;
  int from_ = -1;
  int process_ = -1;
};

/// Bytes that this process has asked the kernel for with read calls so far (/proc/self/io, rchar).
std::uint64_t bytes_read();

}  // namespace bench
