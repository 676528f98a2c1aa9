#include "writer/publish_choice.hpp"

#include <cstdlib>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/check.hpp"
#include "pipeline/check_libraries.hpp"

namespace tessera::detail {

const char* name_of(PublishBy publish_by) noexcept {
  switch (publish_by) {
    case PublishBy::thread: return "thread";
    case PublishBy::thread_alone: return "thread_alone";
    default: return "next_call";
  }
}

void choose_publish_by(PublishBy& publish_by) {
  const char* value = std::getenv("TESSERA_PUBLISH_BY");
  if (value == nullptr || *value == '\0') return;
  for (const PublishBy choice : {PublishBy::next_call, PublishBy::thread, PublishBy::thread_alone}) {
    if (value != std::string(name_of(choice))) continue;
    publish_by = choice;
    return;
  }
  throw Error(ErrorCode::invalid_argument, "the environment variable TESSERA_PUBLISH_BY is " + in_quotes(value) +
                                               "; it can be next_call, thread or thread_alone");
}

bool has_publishing_thread(const Options& options) noexcept {
  return options.publish_by != PublishBy::next_call && options.engine == Engine::direct;
}

void check_publish_by(const Options& options, int rank) {
  if (!has_publishing_thread(options)) return;
  const std::string option = std::string("Options::publish_by = ") + name_of(options.publish_by);
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::invalid_argument, option + " " + why + " (also where TESSERA_PUBLISH_BY says it)");
  };
  if (const std::string level = comm::thread_level(); level != "multiple") {
    refuse("needs MPI_THREAD_MULTIPLE, but MPI was initialised with the level of threads '" + level +
           "'; initialise it with MPI_Init_thread and MPI_THREAD_MULTIPLE, or leave the option at next_call");
  }
  if (options.steps_in_flight > 1) {
    refuse("has one step in flight at most, but Options::steps_in_flight is " +
           std::to_string(options.steps_in_flight) + "; leave one of the two");
  }
  if (rank == 0 && options.publish_by == PublishBy::thread && !pipeline::hdf5_is_thread_safe()) {
    refuse(
        "needs an HDF5 that is built thread-safe, and this one is not; where the program calls HDF5 through Tessera "
        "alone while a step is in flight, say so with thread_alone");
  }
}

}  // namespace tessera::detail
