#include "storage/striping.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace tessera::storage {

namespace {

/// From lustreapi(7); they are in all versions since 2.10.
struct llapi_layout;
constexpr std::uint32_t get_expected = 1;  // LLAPI_LAYOUT_GET_EXPECTED
constexpr std::uint64_t default_count = 0x1000000000000002;
constexpr std::uint64_t all_targets = 0x1000000000000003;

/// The calls that are used; loaded at the first use, and never unloaded.
class Lustre {
 public:
  static const Lustre& instance() noexcept {
    static const Lustre lustre;
    return lustre;
  }
  bool is_there() const noexcept { return is_there_; }

  llapi_layout* (*alloc)() = nullptr;
  void (*free)(llapi_layout*) = nullptr;
  llapi_layout* (*get_by_path)(const char*, std::uint32_t) = nullptr;
  bool (*is_composite)(llapi_layout*) = nullptr;
  int (*count_get)(const llapi_layout*, std::uint64_t*) = nullptr;
  int (*size_get)(const llapi_layout*, std::uint64_t*) = nullptr;
  int (*count_set)(llapi_layout*, std::uint64_t) = nullptr;
  int (*size_set)(llapi_layout*, std::uint64_t) = nullptr;
  int (*create)(const char*, int, int, const llapi_layout*) = nullptr;

 private:
  Lustre() noexcept {
    void* library = ::dlopen("liblustreapi.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) library = ::dlopen("liblustreapi.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    const auto find = [&](auto& call, const char* name) {
      call = reinterpret_cast<std::remove_reference_t<decltype(call)>>(::dlsym(library, name));
      return call != nullptr;
    };
    is_there_ = find(alloc, "llapi_layout_alloc") && find(free, "llapi_layout_free") &&
                find(get_by_path, "llapi_layout_get_by_path") && find(is_composite, "llapi_layout_is_composite") &&
                find(count_get, "llapi_layout_stripe_count_get") && find(count_set, "llapi_layout_stripe_count_set") &&
                find(size_get, "llapi_layout_stripe_size_get") && find(size_set, "llapi_layout_stripe_size_set") &&
                find(create, "llapi_layout_file_create");
  }
  bool is_there_ = false;
};

}  // namespace

ExpectedStriping expected_striping(const std::string& directory) noexcept {
  const Lustre& lustre = Lustre::instance();
  if (!lustre.is_there()) return {};
  llapi_layout* layout = lustre.get_by_path(directory.c_str(), get_expected);
  if (layout == nullptr) return {};
  ExpectedStriping expected;
  expected.is_known = lustre.count_get(layout, &expected.count) == 0;
  expected.is_composite = lustre.is_composite(layout);
  if (expected.count == default_count) expected.count = 0;
  if (expected.count == all_targets) expected.count = std::numeric_limits<std::uint64_t>::max();
  lustre.free(layout);
  return expected;
}

Striping striping_of_file(const std::string& path) noexcept {
  constexpr std::uint32_t get_own = 0;
  const Lustre& lustre = Lustre::instance();
  if (!lustre.is_there()) return {};
  llapi_layout* layout = lustre.get_by_path(path.c_str(), get_own);
  if (layout == nullptr) return {};
  Striping found;
  const bool is_known = !lustre.is_composite(layout) && lustre.count_get(layout, &found.count) == 0 &&
                        lustre.size_get(layout, &found.bytes) == 0;
  lustre.free(layout);
  return is_known && found.count <= Striping::max_count && found.bytes > 0 ? found : Striping{};
}

int create_striped(const std::string& path, const Striping& striping) noexcept {
  if (striping.count == 0) return -1;
  const Lustre& lustre = Lustre::instance();
  if (!lustre.is_there()) return -1;
  // One that is there, and of another, is nothing to remove below.
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return -1;
  llapi_layout* layout = lustre.alloc();
  if (layout == nullptr) return -1;
  int descriptor = -1;
  if (lustre.count_set(layout, striping.count) == 0 && lustre.size_set(layout, striping.bytes) == 0) {
    descriptor = lustre.create(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666, layout);
    // Where the layout cannot be set, the library leaves the file that it has created.
    if (descriptor < 0 && errno != EEXIST) ::unlink(path.c_str());
  }
  lustre.free(layout);
  return descriptor;
}

}  // namespace tessera::storage
