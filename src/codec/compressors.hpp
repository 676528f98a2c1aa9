#pragma once

#include <string>
#include <vector>

namespace tessera::codec {

/// The compressors that this build has, with their versions: "ISA-L 2.30.0", "libdeflate 1.14", "zlib 1.2.13".
/// The fast ones first; zlib, which always is there, last.
std::vector<std::string> compressors();

}  // namespace tessera::codec
