#include "base/loaded_libraries.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/attempt.hpp"

namespace tessera {

namespace {

/// Nothing can be thrown through the C library.
struct Collected {
  std::set<std::string> paths;
  std::optional<Error> failure;
};

int collect(dl_phdr_info* info, std::size_t, void* out) {
  auto& collected = *static_cast<Collected*>(out);
  if (info->dlpi_name == nullptr || *info->dlpi_name == '\0') return 0;
  attempt(collected.failure, [&] { collected.paths.insert(info->dlpi_name); });
  return collected.failure ? 1 : 0;
}

/// "libmpi" of "/usr/lib/libmpi.so.40"
std::string stem(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.substr(0, name.find(".so"));
}

bool is_mpi(const std::string& path) {
  const std::string name = stem(path);
  constexpr std::array cray{"libmpi_cray", "libmpi_gnu", "libmpi_intel", "libmpi_amd", "libmpi_nvidia"};
  return name == "libmpi" || name == "libmpich" ||
         std::ranges::any_of(cray, [&](const char* begin) { return name.starts_with(begin); });
}

bool is_hdf5(const std::string& path) {
  const std::string name = stem(path);
  constexpr std::array kinds{"libhdf5", "libhdf5_openmpi", "libhdf5_mpich", "libhdf5_serial"};
  return std::ranges::find(kinds, name) != kinds.end() || name.starts_with("libhdf5_parallel");
}

std::string real_path(const std::string& path) {
  std::error_code failure;
  const auto real = std::filesystem::canonical(path, failure);
  return failure ? path : real.string();
}

std::set<std::string> of_kind(bool (*is_one)(const std::string&)) {
  std::set<std::string> result;
  for (const std::string& path : loaded_libraries()) {
    if (is_one(path)) result.insert(real_path(path));
  }
  return result;
}

}  // namespace

std::set<std::string> loaded_libraries() {
  Collected collected;
  dl_iterate_phdr(collect, &collected);
  if (collected.failure) throw *collected.failure;
  return std::move(collected.paths);
}

std::set<std::string> loaded_mpi_libraries() { return of_kind(is_mpi); }
std::set<std::string> loaded_hdf5_libraries() { return of_kind(is_hdf5); }

std::string library_of(const void* function) {
  Dl_info info{};
  if (function == nullptr || dladdr(function, &info) == 0 || info.dli_fname == nullptr) return {};
  const std::set<std::string> shared = loaded_libraries();
  return shared.contains(info.dli_fname) ? real_path(info.dli_fname) : std::string();
}

std::string library_seen_from(const std::string& library, const char* function) {
  void* handle = library.empty() ? nullptr : dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return {};
  const void* found = dlsym(handle, function);
  dlclose(handle);
  return library_of(found);
}

std::string list_of(const std::set<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "" : " and ") + path;
  return text;
}

}  // namespace tessera
