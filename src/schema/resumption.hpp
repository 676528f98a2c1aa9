#pragma once

#include <optional>
#include <string>

#include "schema/catalog.hpp"

/// \file
/// Whether what is asked for is what is in the file.

namespace tessera::schema {

/// The number of the field of that name that was in the file, where nobody has asked for it yet.
std::optional<int> found_field(const Group& group, const std::string& name);

/// \{ In what the one that is asked for is not the one that is there, as a clause with both values; empty where they
/// are the same. \param has_codec whether a codec was asked for
std::string difference(const Field& there, const Field& asked, bool has_codec);
std::string difference(const ScalarOptions& there, const ScalarOptions& asked);
/// Of a run whose time axis is there.
std::string difference(const RunOptions& there, const RunOptions& asked);
/// Of attributes that are asked for, those that are there have to be the same; others are new.
std::string difference(const Attributes& there, const Attributes& asked);
/// \}

/// \throws Error name_in_use, always. \param what "field 'T' of run 'a'"
[[noreturn]] void refuse_other(const std::string& what, const std::string& why);

}  // namespace tessera::schema
