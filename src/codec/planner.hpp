#pragma once

#include <array>

#include "codec/effort.hpp"
#include "codec/planes.hpp"
#include "codec/trial.hpp"

namespace tessera::codec {

/// Which method makes which plane of a chunk into deflate blocks.
using Plan = std::array<Method, max_planes>;

/// Chooses the method of every plane of a chunk: those that take little time and keep the chunk as small as the effort
/// demands, by a price of bytes that is the same for all planes. What one chunk is smaller than it has to be the next
/// ones may be larger: a field keeps to the effort in the mean of some dozens of chunks.
///
/// Sizes of all methods come from trials on a part of a plane now and then, apart for every kind of plane, and are
/// corrected by what becomes of the chunks. What is new is tried at once, so that a field's first chunk takes as long
/// as encoding several. What is known is tried again within a twentieth of the time spent on the field so far (a
/// quarter, until it was tried a few times): first what has changed, then what was not tried for longest. Time is that
/// of the cost model, never of a clock.
class Planner {
 public:
  Planner(const Effort& effort, Compressors& compressors) : effort_(effort), trial_(effort, compressors) {}

  /// The plan for the next chunk of a field.
  Plan begin_chunk(const Planes& planes, FieldMemory& memory);
  /// Tells what became of a plane. \param bytes it has now
  void note_size(const Planes& planes, std::size_t plane, Method method, std::size_t bytes,
                 FieldMemory& memory) noexcept;
  /// To be called last. \param bytes that the chunk has now
  void end_chunk(const Planes& planes, std::size_t bytes, FieldMemory& memory) const noexcept;

 private:
  /// A plane that is planned for: its estimate, and the time that each candidate takes for a byte.
  struct Option {
    const PlaneEstimate* estimate = nullptr;
    std::array<double, max_candidates> costs{};
  };
  using Options = std::array<Option, max_planes>;

  void try_new(const Planes& planes, FieldMemory& memory);
  void try_again(const Planes& planes, FieldMemory& memory);
  void try_plane(const Planes& planes, std::size_t plane, FieldMemory& memory);
  Options options_for(const Planes& planes, const FieldMemory& memory) const noexcept;
  double allowed_size(const Planes& planes, const Options& options, const FieldMemory& memory) const noexcept;
  double byte_price(const Options& options, double allowed) const noexcept;
  std::size_t best(const Option& option, double byte_price) const noexcept;
  Method method_for(const Option& option, PlaneKind kind, double byte_price, const FieldMemory& memory) const noexcept;
  std::size_t candidate(Method method) const noexcept;
  double share_of(double reference) const noexcept;

  Effort effort_;
  Trial trial_;
  double reference_bytes_ = 0;  ///< of the current chunk, as far as it is noted
};

}  // namespace tessera::codec
