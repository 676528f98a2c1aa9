#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

Finding check_compressors(const std::vector<std::string>& compressors) {
  std::string text;
  for (const std::string& compressor : compressors) text += (text.empty() ? "" : ", ") + compressor;
  if (compressors.size() > 1) return {Status::ok, "compressors", text};
  return {Status::warning, "compressors", text + " alone: compression is several times slower than it could be",
          "install ISA-L or libdeflate (Debian: libisal-dev, libdeflate-dev) and build Tessera anew"};
}

}  // namespace tessera::doctor
