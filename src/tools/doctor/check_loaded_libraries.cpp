#include <link.h>

#include <filesystem>
#include <regex>
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

/// The files of this kind; two names of one file are one.
std::set<std::string> of_kind(const std::set<std::string>& paths, const std::regex& kind) {
  std::set<std::string> result;
  for (const std::string& path : paths) {
    if (!std::regex_search(path, kind)) continue;
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
  // libmpi.so.40, libmpich.so.12, libmpi_cray.so.12; libhdf5.so.103, libhdf5_openmpi.so.103; not libhdf5_hl.
  const auto mpi = of_kind(paths, std::regex(R"(/libmpi(ch|_cray|_intel|_gnu)?[^/_]*\.so)"));
  const auto hdf5 = of_kind(paths, std::regex(R"(/libhdf5(_openmpi|_mpich|_serial|_parallel)?\.so)"));
  for (const auto& kind : {mpi, hdf5}) {
    if (kind.size() < 2) continue;
    return {Status::error, name, "two libraries of one kind: " + list(kind),
            "make one of them go: load the modules that HDF5 and Tessera were built with, or build them with one MPI"};
  }
  const std::string text = list(mpi) + (mpi.empty() || hdf5.empty() ? "" : ", ") + list(hdf5);
  return {Status::ok, name, text.empty() ? "linked statically" : text};
}

}  // namespace tessera::doctor
