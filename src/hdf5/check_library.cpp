#include "hdf5/check_library.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstdlib>

#include <tessera/error.hpp>

#include "base/loaded_libraries.hpp"
#include "comm/mpi_library.hpp"
#include "hdf5/library_lock.hpp"

namespace tessera::hdf5 {

namespace {

const void* address(auto* function) { return reinterpret_cast<const void*>(function); }

std::string core_file() { return library_of(address(&H5get_libversion)); }

[[noreturn]] void refuse_two(const std::string& one, const std::string& other) {
  throw Error(
      ErrorCode::hdf5,
      "two HDF5 libraries answer the calls of this process: " + one + " and " + other +
          "; link one of them alone: build Tessera with the HDF5 that the program uses (-DHDF5_ROOT=<directory>, "
          "-DTESSERA_HDF5=SERIAL for a serial one), or the program with Tessera's");
}

}  // namespace

void check_version(const Hdf5Library& library, const std::string& file) {
  const char* disabled = std::getenv("HDF5_DISABLE_VERSION_CHECK");
  if (disabled != nullptr && std::atoi(disabled) > 0) return;
  const Version& running = library.running;
  const Version& built = library.built;
  const bool same_series = running.major == built.major && running.minor == built.minor;
  // From 1.12 on the releases of a series go with each other, but for a few.
  const bool releases_go = running.major > 1 || running.minor >= 12;
  if (running == built || (same_series && releases_go)) return;
  throw Error(ErrorCode::hdf5, "HDF5 " + to_string(running) + (file.empty() ? "" : " (" + file + ")") +
                                   " is loaded, but Tessera was built with the headers of HDF5 " + to_string(built) +
                                   "; load the module that Tessera was built with, look at LD_LIBRARY_PATH, or build "
                                   "Tessera with this HDF5");
}

void check_version() {
  const LibraryLock lock;
  check_version(hdf5_library(), core_file());
}

void check_files() {
  const std::string core = core_file();
  const auto compare = [&](const std::string& other) {
    if (!core.empty() && !other.empty() && other != core) refuse_two(core, other);
  };
#ifdef H5_HAVE_PARALLEL
  compare(library_of(address(&H5Pset_fapl_mpio)));
#endif
  compare(library_seen_from(library_of(address(&H5DSset_scale)), "H5get_libversion"));
  const std::string mpi = comm::mpi_file();
  const std::string mpi_of_hdf5 = library_seen_from(core, "PMPI_Comm_rank");
  if (!mpi.empty() && !mpi_of_hdf5.empty() && mpi != mpi_of_hdf5) {
    throw Error(ErrorCode::mpi, "HDF5 (" + core + ") was built with another MPI, " + mpi_of_hdf5 +
                                    ", than the program runs " + "on, " + mpi +
                                    "; load the HDF5 that belongs to this MPI, or build Tessera with a serial "
                                    "HDF5 (-DTESSERA_HDF5=SERIAL)");
  }
}

}  // namespace tessera::hdf5
