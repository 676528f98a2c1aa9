#include "schema/names.hpp"

#include <cctype>
#include <set>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::schema {

namespace {

/// Names that netCDF and the HDF5 libraries use themselves.
const std::set<std::string, std::less<>> reserved{
    "CLASS",      "NAME",          "REFERENCE_LIST",      "DIMENSION_LIST",
    "_FillValue", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties",
    "_nc3_strict"};

/// Whether a text has parts that are composed in NFC: a combining mark (U+0300 to U+036F), or a sign for a unit that
/// has a letter of its own (ohm U+2126, kelvin U+212A, angstrom U+212B). Nearly all decomposed text has one of these.
bool looks_decomposed(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(text[i + 1]);
    if (lead == 0xcc || (lead == 0xcd && next <= 0xaf)) return true;
  }
  return text.find("\xe2\x84\xa6") != std::string_view::npos || text.find("\xe2\x84\xaa") != std::string_view::npos ||
         text.find("\xe2\x84\xab") != std::string_view::npos;
}

[[noreturn]] void refuse_name(const char* kind, const std::string& name, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "the " + std::string(kind) + " name " + in_quotes(name) + " " + why);
}

}  // namespace

void check_name(const char* kind, const std::string& name) {
  if (name.empty()) refuse_name(kind, name, "is empty; give it a name");
  if (name == "." || name == "..") refuse_name(kind, name, "means a group itself in HDF5; use another name");
  if (name.front() == ' ' || name.back() == ' ') {
    refuse_name(kind, name, "begins or ends with a space, which netCDF's tools refuse; leave it out");
  }
  if (name.find('/') != std::string::npos) refuse_name(kind, name, "has a slash, which separates groups; leave it out");
  for (const char letter : name) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) {
      refuse_name(kind, name, "has a control character; leave it out");
    }
  }
  if (name.size() > 255) refuse_name(kind, name, "is longer than 255 bytes, the limit of netCDF readers; shorten it");
  if (first_not_utf8(name) != name.size()) refuse_name(kind, name, "is not valid UTF-8; convert it to UTF-8");
}

std::string doubt_about(const std::string& name) {
  const auto first = static_cast<unsigned char>(name.front());
  const bool is_usual = first >= 0x80 || first == '_' || std::isalnum(first) != 0;
  if (!is_usual) {
    return "the name " + in_quotes(name) +
           " does not begin with a letter, a digit or _: HDF5, h5py, xarray and ncdump read it, but nccopy and ncks "
           "may "
           "refuse the file";
  }
  if (!looks_decomposed(name)) return {};
  return "the name " + in_quotes(name) +
         " seems to be in decomposed form (letters and accents apart): HDF5, h5py and xarray read it, but netCDF looks "
         "for "
         "the composed form (Unicode's NFC) and does not find it";
}

bool is_reserved(const std::string& name) { return reserved.contains(name); }

void check_text(const std::string& what, const std::string& text) {
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, what + " has a NUL (byte " + std::to_string(nul) + " of " +
                                                 std::to_string(text.size()) +
                                                 "), where many readers end; leave it out");
  }
  const std::size_t wrong = first_not_utf8(text);
  if (wrong == text.size()) return;
  throw Error(ErrorCode::invalid_argument,
              what + " is not valid UTF-8 at byte " + std::to_string(wrong) +
                  "; convert it to UTF-8 (Latin-1 and other encodings are not marked in a file)");
}

}  // namespace tessera::schema
