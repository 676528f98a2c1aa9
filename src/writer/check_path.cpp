#include "writer/check_path.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/io_hints.hpp"
#include "storage/directory.hpp"
#include "storage/links.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::detail {

namespace {

namespace fs = std::filesystem;

void require_access(const fs::path& path, int mode, const std::string& what) {
  if (access(path.c_str(), mode) == 0) return;
  throw Error(ErrorCode::storage,
              what + ": " + std::strerror(errno) + "; choose another directory or change its permissions");
}

/// \param path where the file will lie, \param given what the user called it
void check_directory(const std::string& path, const std::string& given) {
  const std::string directory = storage::directory_of(path);
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) {
    const std::string link = path == given ? std::string() : ", which " + in_quotes(given) + " is a link to,";
    throw Error(ErrorCode::storage, "the directory " + in_quotes(directory) + " of the file " + in_quotes(path) + link +
                                        " does not exist or is not a directory; create it first");
  }
  require_access(directory, W_OK | X_OK, "cannot create files in the directory " + in_quotes(directory));
}

}  // namespace

std::string to_text(const Target& target) { return (target.continues ? "+" : "=") + target.path; }

Target target_of(const std::string& text) {
  return text.empty() ? Target{} : Target{text.substr(1), text.front() == '+'};
}

Target check_path(const std::string& path, const Options& options) {
  if (path.empty()) throw Error(ErrorCode::invalid_argument, "the file's path is empty; give it a name");
  const auto nul = path.find('\0');
  if (nul != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, "the file's path has a NUL character behind " +
                                                 in_quotes(path.substr(0, nul)) +
                                                 ", where the system would end it; "
                                                 "leave it out");
  }
  if (storage::directory_of(path) != ".") check_directory(path, path);
  const std::string end = storage::follow_links(path);
  check_directory(end, path);
  std::error_code ignored;
  if (!fs::exists(end, ignored)) {
    if (options.open != OpenMode::append) return {end, false};
    throw Error(ErrorCode::not_found, "there is no file " + in_quotes(path) +
                                          " to continue; look for its name, or use OpenMode::append_or_create");
  }
  if (options.open != OpenMode::create) {
    if (!fs::is_regular_file(end, ignored)) {
      throw Error(ErrorCode::storage, in_quotes(path) + " is not a file that could be continued");
    }
    require_access(end, R_OK | W_OK, "cannot continue the file " + in_quotes(path));
    return {end, true};
  }
  if (!options.overwrite) {
    throw Error(ErrorCode::file_exists, "the file " + in_quotes(path) +
                                            " exists; remove it, choose another name, set Options::overwrite, or go on "
                                            "with it (Options::open)");
  }
  require_access(end, W_OK, "cannot replace the file " + in_quotes(path));
  return {end, false};
}

void check_mpi_io_path(const std::string& path) {
  if (path.size() > comm::max_path_bytes) {
    throw Error(ErrorCode::storage, "the path " + in_quotes(path) + " is longer than " +
                                        std::to_string(comm::max_path_bytes) +
                                        " bytes, too long for this MPI; give a relative path, or use Engine::direct");
  }
  std::error_code ignored;
  const bool is_new = !fs::exists(path, ignored);
  const int file = storage::uninterrupted(
      [&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (is_new ? O_CREAT | O_EXCL : 0), 0666); });
  if (file < 0) {
    throw Error(ErrorCode::storage, "cannot create the file " + in_quotes(path) + ": " + std::strerror(errno) +
                                        "; choose another directory or name");
  }
  ::close(file);
  if (is_new) ::unlink(path.c_str());
}

}  // namespace tessera::detail
