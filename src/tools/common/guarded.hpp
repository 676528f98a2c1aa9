#pragma once

#include <functional>
#include <string>

namespace tessera::tools {

/// Does the work in a process of its own and returns its exit code: HDF5 crashes on some damaged files (1.10.8 does
/// where a heap is), and who looks at a file is to be told so in a line. For work that uses no MPI.
/// \param path of the file, for that line
int guarded(const std::string& path, const std::function<int()>& work);

}  // namespace tessera::tools
