#include "schema/names.hpp"

#include <set>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::schema {

namespace {

/// Names that netCDF and the HDF5 libraries use themselves.
const std::set<std::string, std::less<>> reserved{"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_FillValue",
                                                  "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties", "_nc3_strict"};

[[noreturn]] void refuse(const char* kind, const std::string& name, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "the " + std::string(kind) + " name " + in_quotes(name) + " " + why);
}

}  // namespace

void check_name(const char* kind, const std::string& name) {
  if (name.empty()) refuse(kind, name, "is empty; give it a name");
  if (name == "." || name == "..") refuse(kind, name, "means a group itself in HDF5; use another name");
  if (name.find('/') != std::string::npos) refuse(kind, name, "has a slash, which separates groups; leave it out");
  for (const char letter : name) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) {
      refuse(kind, name, "has a control character; leave it out");
    }
  }
  if (name.size() > 255) refuse(kind, name, "is longer than 255 bytes, the limit of netCDF readers; shorten it");
  if (first_not_utf8(name) != name.size()) refuse(kind, name, "is not valid UTF-8; encode it so");
}

bool is_reserved(const std::string& name) { return reserved.contains(name); }

void check_text(const std::string& what, const std::string& text) {
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, what + " has a NUL (byte " + std::to_string(nul) + " of " +
                                                 std::to_string(text.size()) + "), where many readers end; leave it out");
  }
  const std::size_t wrong = first_not_utf8(text);
  if (wrong == text.size()) return;
  throw Error(ErrorCode::invalid_argument, what + " is not valid UTF-8 at byte " + std::to_string(wrong) +
                                               "; encode it so (Latin-1 and other encodings are not marked in a file)");
}

}  // namespace tessera::schema
