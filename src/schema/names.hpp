#pragma once

#include <string>

/// \file
/// Which names and texts a file can have. HDF5 itself takes nearly all; netCDF and the readers that people use do not.

namespace tessera::schema {

/// Refuses names that HDF5 or netCDF cannot hold: empty ones, "." and "..", those with a slash or a control
/// character, with a space at an end, and those that are not UTF-8. `kind` says what is named ("run", "field").
/// \throws Error invalid_argument
void check_name(const char* kind, const std::string& name);

/// What of the names that check_name takes some readers do not: a sentence, empty where all do. NetCDF refuses to copy
/// names that begin with a character other than letters, digits and `_`, and looks others up in their composed form
/// (NFC).
std::string doubt_about(const std::string& name);

/// Names that readers of HDF5 or netCDF give a meaning to; an attribute set by hand would break the file for them.
bool is_reserved(const std::string& name);

/// Refuses text that is not UTF-8, which is how all text of the file is marked, and text with a NUL, where readers in C
/// end. `what` names it ("the unit of field 'T'").
/// \throws Error invalid_argument
void check_text(const std::string& what, const std::string& text);

}  // namespace tessera::schema
