#include <tessera/checkpoint.hpp>

#include "base/present.hpp"
#include "checkpoint/latest.hpp"
#include "checkpoint/state.hpp"

/// \file
/// The public handle: each call goes to the state behind it.

namespace tessera {

Checkpoint::Checkpoint(MPI_Comm communicator, const std::string& path, double time, const Attributes& attributes,
                       const CheckpointOptions& options)
    : state_(detail::CheckpointState::open(communicator, path, time, attributes, options)) {}

Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;
Checkpoint& Checkpoint::operator=(Checkpoint&&) noexcept = default;
Checkpoint::~Checkpoint() = default;

void Checkpoint::attribute(const std::string& name, const AttributeValue& value) { run().attribute(name, value); }

void Checkpoint::commit() { present(state_, "Checkpoint").commit(); }

const std::string& Checkpoint::path() const { return present(state_, "Checkpoint").file(); }

std::int64_t Checkpoint::number() const { return present(state_, "Checkpoint").number(); }

std::optional<StoredCheckpoint> Checkpoint::latest(MPI_Comm communicator, const std::string& path) {
  return detail::latest_checkpoint(communicator, path);
}

Run& Checkpoint::run() { return present(state_, "Checkpoint").run(); }

Step& Checkpoint::step() { return present(state_, "Checkpoint").step(); }

}  // namespace tessera
