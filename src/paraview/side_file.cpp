#include "paraview/side_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "paraview/xml.hpp"
#include "storage/check.hpp"
#include "storage/directory.hpp"
#include "storage/replace_file.hpp"

namespace tessera::paraview {

namespace {

namespace fs = std::filesystem;

constexpr std::array extensions{".vtkhdf", ".xmf"};

/// Whether a file has this text. The mark lies near the begin: what may be long, numbers of steps, comes last. False
/// for what cannot be read.
bool holds(const std::string& path, const std::string& text) {
  constexpr std::uintmax_t enough = 1u << 20;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return false;
  std::ifstream file(path, std::ios::binary);
  std::string begin(std::min(size, enough), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(file.gcount()));
  return begin.find(text) != std::string::npos;
}

/// "study.a.vtkhdf" may be of a run of study.h5, or of the root group of study.a.h5.
bool is_side_file(const std::string& path, const std::string& study) {
  const std::string own = side_file_mark(study);
  return holds(path, own) || holds(path, xml_escaped(own));
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

}  // namespace

const char* extension_of(Format format) { return extensions.at(static_cast<std::size_t>(format)); }

std::string side_file_mark(const std::string& study) { return "Tessera side file of " + in_quotes(study); }

std::string side_file_path(const std::string& study, const std::string& run, Format format) {
  const fs::path path(study);
  std::string name = path.stem().string();
  if (run != "/") {
    name += "." + run;
    for (char& letter : name) letter = letter == '/' ? '.' : letter;  // a group in a group
  }
  return (path.parent_path() / (name + extension_of(format))).string();
}

void replace_side_file(const std::string& path, const std::string& study, std::span<const std::byte> bytes, bool sync) {
  if (exists(path) && !is_side_file(path, study)) {
    throw Error(ErrorCode::file_exists, in_quotes(path) + " is no side file of " + in_quotes(study) +
                                            ", and was left as it is; give it another name");
  }
  storage::replace_file(path, bytes, sync);
}

void remove_side_file(const std::string& path, const std::string& study) {
  if (!exists(path) || !is_side_file(path, study)) return;
  std::error_code error;
  if (!fs::remove(path, error) && error) throw storage::system_error("removing", path, error.value());
}

void remove_side_files(const std::string& study) {
  const std::string stem = fs::path(study).stem().string();
  const std::string study_name = fs::path(study).filename().string();
  std::error_code error;
  fs::directory_iterator entry(storage::directory_of(study), error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::string extension = entry->path().extension().string();
    if ((extension != extensions[0] && extension != extensions[1]) || !name.starts_with(stem + ".")) continue;
    if (!is_side_file(entry->path().string(), study_name)) continue;
    if (!fs::remove(entry->path(), error) && error) break;
  }
  if (error) throw storage::system_error("removing the side files of", study, error.value());
}

}  // namespace tessera::paraview
