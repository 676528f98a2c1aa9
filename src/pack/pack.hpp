#pragma once

#include <tessera/types.hpp>

namespace tessera::pack {

/// One strided copy in host memory: element e (one integer per axis, up to Index::capacity axes) goes from
/// source + sum(e * source_strides) to target + sum(e * target_strides). All strides count elements of their own side,
/// may be negative, and for the target never let two elements meet. An extent of 0 or less on any axis copies nothing.
///
/// Example: a 2 x 3 array goes from Fortran to C order with source strides (1, 2) and target strides (3, 1).
struct PackJob {
  const void* source = nullptr;
  DataType source_type = DataType::float64;
  Index source_strides;
  void* target = nullptr;
  DataType target_type = DataType::float64;
  Index target_strides;
  Index extents;
};

/// Copies, and converts float64 to float32 or back where the types say so; no other pair of different types is
/// accepted. A copy keeps every bit; the conversion to float32 rounds to nearest, keeps signed zeros, and makes what is
/// out of range infinite.
/// Runs as Kokkos kernels of the default host execution space where the program puts views, else as plain loops.
/// \throws Error internal for an unsupported pair of types
void pack(const PackJob& job);

/// The same on the calling thread alone: for many small jobs, and from threads of ours.
void pack_here(const PackJob& job);

}  // namespace tessera::pack
