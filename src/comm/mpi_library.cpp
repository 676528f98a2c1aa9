#include "comm/mpi_library.hpp"

#include <mpi.h>

#include <array>
#include <utility>

#include "base/loaded_libraries.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

MpiLibrary parse_library_version(std::string_view text) {
  // The more special first: all but the first two are MPICH at heart, and some say so.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{{{"Open MPI", "Open MPI"},
                                                                                {"Intel(R) MPI", "Intel MPI"},
                                                                                {"CRAY MPICH", "Cray MPICH"},
                                                                                {"MVAPICH", "MVAPICH"},
                                                                                {"MPICH", "MPICH"},
                                                                                {"MPT", "HPE MPI"}}};
  for (const auto& [mark, name] : names) {
    const auto place = text.find(mark);
    if (place != std::string_view::npos) return {std::string(name), find_version(text.substr(place + mark.size()))};
  }
  return {std::string(text.substr(0, text.find_first_of("\n,"))), find_version(text)};
}

MpiLibrary running_mpi() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  check(MPI_Get_library_version(text, &length), "MPI_Get_library_version");
  return parse_library_version(std::string_view(text, static_cast<std::size_t>(length)));
}

std::string mpi_file() { return library_of(reinterpret_cast<const void*>(&PMPI_Comm_rank)); }

/// By the macros that each implementation's mpi.h defines; those of MPICH come last, since its descendants keep them.
MpiLibrary built_mpi() {
#if defined(OPEN_MPI)
  return {"Open MPI", {OMPI_MAJOR_VERSION, OMPI_MINOR_VERSION, OMPI_RELEASE_VERSION}};
#elif defined(I_MPI_VERSION)
  return {"Intel MPI", find_version(I_MPI_VERSION)};
#elif defined(CRAY_MPICH_VERSION)
  return {"Cray MPICH", find_version(CRAY_MPICH_VERSION)};
#elif defined(MVAPICH_VERSION)
  return {"MVAPICH", find_version(MVAPICH_VERSION)};
#elif defined(MVAPICH2_VERSION)
  return {"MVAPICH", find_version(MVAPICH2_VERSION)};
#elif defined(MPICH_VERSION)
  return {"MPICH", find_version(MPICH_VERSION)};
#else
  return {};
#endif
}

}  // namespace tessera::comm
