#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <tessera/checkpoint.hpp>

#include "comm/communicator.hpp"

/// \file
/// What stands behind Checkpoint.

namespace tessera::detail {

/// What a checkpoint is made of, before the ranks agree.
struct CheckpointSetup {
  std::string path;
  std::int64_t keep = 0;
  Options writer;
  double limit = 0;            ///< Watch
  std::optional<Error> noted;  ///< what makes no sense there
};

/// One checkpoint that is being written.
class CheckpointState {
 public:
  /// Collective. A rank without memory for its own part tells the others.
  static std::shared_ptr<CheckpointState> open(MPI_Comm communicator, const std::string& path, double time,
                                               const Attributes& attributes, const CheckpointOptions& options);
  CheckpointState(MPI_Comm communicator, CheckpointSetup&& setup, double time, const Attributes& attributes);

  void commit();  ///< collective

  Run& run() { return *run_; }
  Step& step() { return *step_; }
  const std::string& file() const noexcept { return file_; }
  std::int64_t number() const noexcept { return number_; }

 private:
  void choose_number();
  void write_down();
  void give_name();

  std::string path_;
  std::int64_t keep_;
  comm::Communicator comm_;
  std::int64_t number_ = 0;
  std::string unfinished_;  ///< what the file is called until it is complete
  std::string file_;        ///< and then
  std::optional<Writer> writer_;
  std::optional<Run> run_;
  std::optional<Step> step_;
};

}  // namespace tessera::detail
