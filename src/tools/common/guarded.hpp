#pragma once

#include <functional>
#include <optional>
#include <string>

#include <tessera/error.hpp>

namespace tessera::tools {

/// Does the work in a process of its own and returns its exit code: HDF5 crashes on some damaged files (1.10.8 does
/// where a heap is), and who looks at a file is to be told so in a line. For work that uses no MPI.
/// \param path of the file, for that line
int guarded(const std::string& path, const std::function<int()>& work);

/// Does it in a process of its own only to see whether that crashes; what else comes of it is not looked at. For work
/// that is done once more where a crash would end other ranks, too: before MPI begins.
std::optional<Error> crash_of(const std::string& path, const std::function<void()>& work);

}  // namespace tessera::tools
