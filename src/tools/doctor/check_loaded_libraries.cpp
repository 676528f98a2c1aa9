#include <link.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

namespace {

int collect(dl_phdr_info* info, std::size_t, void* out) {
  if (info->dlpi_name != nullptr && *info->dlpi_name != '\0') {
    static_cast<std::set<std::string>*>(out)->insert(info->dlpi_name);
  }
  return 0;
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

/// Not its parts, such as libhdf5_hl.
bool is_hdf5(const std::string& path) {
  const std::string name = stem(path);
  constexpr std::array kinds{"libhdf5", "libhdf5_openmpi", "libhdf5_mpich", "libhdf5_serial"};
  return std::ranges::find(kinds, name) != kinds.end() || name.starts_with("libhdf5_parallel");
}

/// The files of this kind; two names of one file are one.
std::set<std::string> of_kind(const std::set<std::string>& paths, bool (*is_one)(const std::string&)) {
  std::set<std::string> result;
  for (const std::string& path : paths) {
    if (!is_one(path)) continue;
    std::error_code failure;
    const auto real = std::filesystem::canonical(path, failure);
    result.insert(failure ? path : real.string());
  }
  return result;
}

std::string list(const std::set<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "" : " and ") + path;
  return text;
}

}  // namespace

/// A program linked with one MPI and an HDF5 that was built with another loads both, and dies in one of them.
Finding check_loaded_libraries() {
  constexpr const char* name = "loaded libraries";
  std::set<std::string> paths;
  dl_iterate_phdr(collect, &paths);
  const auto mpi = of_kind(paths, is_mpi);
  const auto hdf5 = of_kind(paths, is_hdf5);
  for (const auto& kind : {mpi, hdf5}) {
    if (kind.size() < 2) continue;
    return {Status::error, name, "two libraries of one kind: " + list(kind),
            "make one of them go: load the modules that HDF5 and Tessera were built with, or build them with one MPI"};
  }
  const std::string text = list(mpi) + (mpi.empty() || hdf5.empty() ? "" : ", ") + list(hdf5);
  return {Status::ok, name, text.empty() ? "linked statically" : text};
}

}  // namespace tessera::doctor
