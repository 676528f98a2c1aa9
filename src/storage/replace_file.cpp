#include "storage/replace_file.hpp"

#include <filesystem>
#include <system_error>

#include "storage/directory.hpp"
#include "storage/file.hpp"
#include "storage/stale_files.hpp"

namespace tessera::storage {

namespace {

namespace fs = std::filesystem;

/// A temporary name, which goes when the file has not got its own.
class Beside {
 public:
  explicit Beside(const std::string& path) : path_((fs::path(directory_of(path)) / unfinished_name(path)).string()) {}
  ~Beside() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace

void replace_file(const std::string& path, std::span<const std::byte> bytes, bool sync) {
  const Place place{path, path};
  const Beside beside(path);
  const auto file = create_file(beside.path(), place);
  file->write(0, bytes);
  if (sync) file->sync();
  file->close();
  publish_file(beside.path(), place, true);
  if (sync) sync_directory(path);
}

}  // namespace tessera::storage
