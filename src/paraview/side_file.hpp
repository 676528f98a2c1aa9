#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

/// \file
/// Side files as files: small ones beside a study, by which ParaView opens one run of it.

namespace tessera::paraview {

enum class Format : std::uint8_t { vtkhdf, xdmf };

/// ".vtkhdf", ".xmf"
const char* extension_of(Format format);

/// Is in every side file (in XML escaped), so that nothing else is ever replaced or removed. \param study without
/// directory
std::string side_file_mark(const std::string& study);

/// "study.simulation_1.vtkhdf" beside "study.h5"; "study.vtkhdf" for the root group, "/".
std::string side_file_path(const std::string& study, const std::string& run, Format format);

/// Writes a side file under another name and gives it its own by a rename: whoever opens it finds the old one or the
/// new one. \param study without directory \param sync its bytes are on stable storage before it has its name
/// \throws Error file_exists where something else has that name, else Error storage
void replace_side_file(const std::string& path, const std::string& study, std::span<const std::byte> bytes, bool sync);

/// Removes a side file of this study; nothing where there is none. \param study without directory \throws Error storage
void remove_side_file(const std::string& path, const std::string& study);

/// Removes all side files of a study, of whatever runs. \throws Error storage
void remove_side_files(const std::string& study);

}  // namespace tessera::paraview
