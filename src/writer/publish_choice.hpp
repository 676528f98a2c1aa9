#pragma once

#include <tessera/options.hpp>

namespace tessera::detail {

/// What the environment variable TESSERA_PUBLISH_BY says of Options::publish_by, where it is set.
/// \throws Error invalid_argument when it names no such choice
void choose_publish_by(PublishBy& publish_by);

/// "next_call", "thread", "thread_alone"
const char* name_of(PublishBy publish_by) noexcept;

/// Whether a thread makes steps in flight part of the file.
bool has_publishing_thread(const Options& options) noexcept;

/// That it may be. Local. \throws Error invalid_argument with the remedy
void check_publish_by(const Options& options, int rank);

}  // namespace tessera::detail
