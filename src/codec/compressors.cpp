#include "codec/compressors.hpp"

#include <zlib.h>

#ifdef TESSERA_HAVE_ISAL
#include <isa-l.h>
#endif
#ifdef TESSERA_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

namespace tessera::codec {

std::vector<std::string> compressors() {
  std::vector<std::string> names;
#ifdef TESSERA_HAVE_ISAL
  names.push_back("ISA-L " + std::to_string(ISAL_MAJOR_VERSION) + "." + std::to_string(ISAL_MINOR_VERSION) + "." +
                  std::to_string(ISAL_PATCH_VERSION));
#endif
#ifdef TESSERA_HAVE_LIBDEFLATE
  names.push_back("libdeflate " LIBDEFLATE_VERSION_STRING);
#endif
  names.push_back(std::string("zlib ") + zlibVersion());
  return names;
}

}  // namespace tessera::codec
