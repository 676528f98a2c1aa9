#pragma once

#include <vector>

#include "codec/effort.hpp"
#include "codec/planes.hpp"
#include "codec/zlib_stream.hpp"

namespace tessera::codec {

/// Chooses the method of every plane. Now and then it tries all of them on a part of a chunk and remembers, per field, the sizes
/// and the plan that follows from them; for the chunks between it only looks at the kind of each plane.
///
/// A trial takes as long as encoding a few chunks. There is one at a field's first chunk, then at greater and greater distances
/// up to every 128 chunks, and earlier (4 chunks after the last at the earliest) when sizes are not what they were.
class Planner {
 public:
  Planner(const Effort& effort, Compressors& compressors) : effort_(effort), compressors_(compressors) {}

  /// The plan for the next chunk of the field.
  Plan plan(const Planes& planes, FieldMemory& memory);
  /// Tells what became of a plane that was encoded on its own: drift is noticed here.
  void note_size(std::size_t plane, Method method, double size, FieldMemory& memory) const noexcept;

 private:
  void try_all(const Planes& planes, FieldMemory& memory);
  PlaneEstimate try_plane(std::span<const std::byte> sample, PlaneKind kind);
  /// Part of its size that a method leaves of a sample.
  double size_with(Method method, bool last, std::span<const std::byte> sample);
  Method method_for(const Planes& planes, std::size_t plane, const FieldMemory& memory) const noexcept;

  Effort effort_;
  Compressors& compressors_;
  std::vector<std::byte> scratch_;
};

}  // namespace tessera::codec
