#include "base/names.hpp"

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera {

namespace {

/// Length of the UTF-8 sequence that begins with this byte (RFC 3629); 0 where none can.
int sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

bool is_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const int length = sequence_length(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + static_cast<std::size_t>(length) > text.size()) return false;
    for (int k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xc0) != 0x80) return false;
    }
    i += static_cast<std::size_t>(length);
  }
  return true;
}

[[noreturn]] void refuse(const char* kind, const std::string& name, const char* why) {
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
  if (!is_utf8(name)) refuse(kind, name, "is not valid UTF-8; encode it so");
}

}  // namespace tessera
