#include <filesystem>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/file_systems.hpp"
#include "tools/doctor/known_bugs.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {

constexpr const char* name = "MPI-IO";

/// From here on a file in the directory has a path that is too long: "/", a name, ".locktest.", a rank.
constexpr std::size_t long_directory = 180;

bool concerns(const KnownBug& bug, const Target& target) {
  std::error_code ignored;
  switch (bug.where) {
    case KnownBug::Where::everywhere: return true;
    case KnownBug::Where::on_lustre: return file_system_of(target.directory).name == "Lustre";
    case KnownBug::Where::long_paths:
      return std::filesystem::absolute(target.directory, ignored).string().size() > long_directory;
  }
  return true;
}

/// By the setting named, or because OMPIO, which they all belong to, is not used.
bool is_avoided(const KnownBug& bug) {
  const std::string io = environment("OMPI_MCA_io");
  if (io.find("^ompio") != std::string::npos || io.starts_with("romio")) return true;
  return !bug.variable.empty() && environment(std::string(bug.variable).c_str()) == bug.value;
}

}  // namespace

std::vector<Finding> check_mpi_bugs(const comm::MpiLibrary& mpi, const Target& target) {
  std::vector<Finding> findings;
  int avoided = 0;
  for (const KnownBug& bug : known_bugs()) {
    const bool has_it = bug.library == mpi.name && mpi.version >= bug.first && mpi.version < bug.mended;
    if (!has_it || !concerns(bug, target)) continue;
    if (is_avoided(bug)) {
      ++avoided;
      continue;
    }
    findings.push_back({Status::warning, name,
                        std::string(bug.what) + " (" + std::string(bug.source) + "); Engine::direct is not concerned",
                        "export " + std::string(bug.variable) + "=" + std::string(bug.value) + ", or use " + mpi.name +
                            " " + to_string(bug.mended) + " or newer"});
  }
  if (!findings.empty()) return findings;
  return {{Status::ok, name,
           avoided > 0 ? count_text(avoided, "known error") + " of this version avoided by the environment"
                       : "no known error of this version"}};
}

}  // namespace tessera::doctor
