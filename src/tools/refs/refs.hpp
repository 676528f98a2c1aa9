#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::tools {

struct RefsOptions {
  std::string url;  ///< by which readers find the file; empty: its path, absolute
};

/// What references there are to.
struct RefsReport {
  std::uint64_t arrays = 0;
  std::uint64_t chunks = 0;
  std::vector<std::string> left_out;  ///< datasets that Zarr cannot read, each with the reason
};

/// Writes references to a file's chunks, by which Zarr reads it in place: version 1 of
/// https://fsspec.github.io/kerchunk/spec.html, arrays as Zarr's version 2 has them.
/// \param out replaced at once when it is complete; "-" is standard output
/// \throws Error storage, hdf5
RefsReport write_refs(const std::string& path, const std::string& out, const RefsOptions& options);

}  // namespace tessera::tools
