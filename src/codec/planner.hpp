#pragma once

#include "codec/effort.hpp"
#include "codec/planes.hpp"
#include "codec/trial.hpp"

namespace tessera::codec {

/// Chooses the method of every plane. Now and then it tries all of them on a part of a plane and remembers, per field, the sizes
/// and the plans that follow from them. For the chunks between it looks at the kind of each plane, and corrects the sizes by
/// what became of the chunk before.
///
/// A plane that is new is tried at once, so that a field's first chunk takes as long as encoding several. What is known is
/// tried again within a twentieth of the time spent on the field so far (a quarter, until it was tried a few times): first
/// what has changed, then what was not tried for longest. Time is that of the cost model, never of a clock.
class Planner {
 public:
  Planner(const Effort& effort, Compressors& compressors) : effort_(effort), trial_(effort, compressors) {}

  /// The plan for the next chunk of the field.
  Plan plan(const Planes& planes, FieldMemory& memory);
  /// Tells what became of a plane. \param size as a part of the plane's
  void note_size(const Planes& planes, std::size_t plane, Method method, double size, FieldMemory& memory) const noexcept;

 private:
  void try_new(const Planes& planes, FieldMemory& memory);
  void try_again(const Planes& planes, FieldMemory& memory);
  void try_plane(const Planes& planes, std::size_t plane, FieldMemory& memory);
  std::size_t candidate(Method method) const noexcept;
  PlaneEstimate estimate_of(const Planes& planes, std::size_t plane, const FieldMemory& memory) const noexcept;
  Plan find(const Planes& planes, const FieldMemory& memory) const noexcept;
  Plan recall_or_find(const Planes& planes, FieldMemory& memory) const noexcept;

  Effort effort_;
  Trial trial_;
};

}  // namespace tessera::codec
