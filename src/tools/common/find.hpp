#pragma once

#include <string>
#include <string_view>

#include "schema/contents.hpp"

namespace tessera::tools {

/// What a name on the command line stands for. One at most of the last three is there; without any it is the run.
struct Found {
  const schema::StoredRun* run = nullptr;
  const schema::StoredField* field = nullptr;
  const schema::StoredScalar* scalar = nullptr;
  std::string axis;  ///< its name; "time" is one
};

/// A run ("simulation_1", "/"), or what is in one ("simulation_1/temperature"; "temperature" in the root); a leading
/// slash does not matter.
/// \throws Error not_found, with the names that there are
Found find(const schema::Contents& contents, std::string_view name);

/// Whether a group has to be read to find this name: it, or what is on the way to it.
bool leads_to(const std::string& group, std::string_view name);

/// The axis of that name of any field of the run; nullptr: none.
const schema::Axis* axis_named(const schema::StoredRun& run, std::string_view name) noexcept;

/// The runs that have fields or scalars, or are named in the root: all but a root that holds only them.
std::vector<const schema::StoredRun*> runs_of(const schema::Contents& contents);

}  // namespace tessera::tools
