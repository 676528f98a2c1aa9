#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/box.hpp>
#include <tessera/field.hpp>
#include <tessera/grid.hpp>
#include <tessera/mpi.hpp>
#include <tessera/options.hpp>
#include <tessera/writer.hpp>

/// \file
/// Checkpoint: what a code needs to go on when its job has ended, whatever ended it.
///
///     tessera::Checkpoint checkpoint(MPI_COMM_WORLD, "state", time, {{"step", n}, {"random_state", words}});
///     const auto T = checkpoint.field<double>("temperature", grid);
///     checkpoint.put(T, box, view);
///     checkpoint.commit();  // state.000007.h5 is there, whole, on stable storage; state.000005.h5 is removed
///     ...
///     if (const auto found = tessera::Checkpoint::latest(MPI_COMM_WORLD, "state")) {
///       tessera::Reader in(MPI_COMM_WORLD, found->path);
///       auto state = in.run(tessera::Checkpoint::run_name).last();
///     }
///
/// | call                                                                       | collective? |
/// |----------------------------------------------------------------------------|-------------|
/// | Checkpoint(), Checkpoint::field, attribute, commit, latest                 | collective  |
/// | Checkpoint::put, path, number, the destructor                              | local       |
///
/// Collective calls and threads: as in writer.hpp. docs/checkpoints.md has a program.

namespace tessera {

namespace detail {
class CheckpointState;
}

/// Options of a Checkpoint.
struct CheckpointOptions {
  /// How many complete checkpoints stay, with the new one; at least 1. While one is written there is one more.
  std::int64_t keep = 2;
  /// Options of the Writer; its `overwrite` and `durability` are ignored.
  Options writer = {};
};

/// A checkpoint that Checkpoint::latest found.
struct StoredCheckpoint {
  std::string path;                      ///< for a Reader
  std::int64_t number = 0;               ///< from 1, one more each time
  double time = 0;                       ///< as it was given
  std::vector<std::string> passed_over;  ///< newer ones that cannot be read: each with its file and the reason
};

/// One checkpoint, open until commit(): a file of its own, `PATH.NUMBER.h5`, with one step of one run. Until it is
/// complete and on stable storage it is called `PATH.unfinished.h5`, and the ones before stay. Move-only.
class Checkpoint {
 public:
  /// The group in the file.
  static constexpr const char* run_name = "checkpoint";

  /// Begins a checkpoint. Collective.
  /// \param communicator of all ranks \param path of all checkpoints of a simulation, without number and ".h5"
  /// \param time of the state \param attributes what else is needed: numbers, texts, lists \param options how many stay
  /// \throws Error invalid_argument, storage, ranks_disagree
  Checkpoint(MPI_Comm communicator, const std::string& path, double time, const Attributes& attributes = {},
             const CheckpointOptions& options = {});
  Checkpoint(Checkpoint&&) noexcept;             ///< The other one is empty afterwards.
  Checkpoint& operator=(Checkpoint&&) noexcept;  ///< Drops what this one held.
  /// Without commit(), drops it, with a warning line; the ones before stay.
  ~Checkpoint();

  /// Declares a field, on any grid; stored in the precision that is given. Collective. As Run::field.
  template <class T>
  Field<T> field(const std::string& name, const Grid& grid, const FieldOptions<T>& options = {}) {
    return run().field<T>(name, grid, options);
  }

  /// Adds an attribute of the group. Collective. As Run::attribute.
  void attribute(const std::string& name, const AttributeValue& value);

  /// Hands over one box of a field. Local. As Step::put.
  template <class T, class Source>
  void put(const Field<T>& field, const Box& box, Source&& source) {
    step().put(field, box, std::forward<Source>(source));
  }

  /// Completes the checkpoint. Collective. When it returns, the file has its name and is on stable storage on every
  /// rank's node, and those before the last `keep` complete ones are removed. When it throws, all that were there
  /// before still are; begin another one.
  void commit();

  const std::string& path() const;  ///< what the file is called once it is complete
  std::int64_t number() const;      ///< from 1, one more than that of any file of this path when it was begun

  /// The newest complete checkpoint; nothing where there is none. Collective: rank 0 looks. What is unfinished is
  /// ignored; where the newest cannot be read it is the one before, and rank 0 prints a warning line for each that is
  /// passed over.
  /// \throws Error invalid_argument, storage, ranks_disagree
  static std::optional<StoredCheckpoint> latest(MPI_Comm communicator, const std::string& path);

 private:
  Run& run();
  Step& step();
  std::shared_ptr<detail::CheckpointState> state_;
};

}  // namespace tessera
