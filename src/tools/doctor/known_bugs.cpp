#include "tools/doctor/known_bugs.hpp"

#include <array>

namespace tessera::doctor {

namespace {

using Where = KnownBug::Where;

/// Versions by the tags of Open MPI's repository that contain the change which mends it, or by its release notes.
/// All are of OMPIO, Open MPI's own MPI-IO. Engine::direct does not use MPI-IO; Engine::collective and other libraries
/// do.
constexpr std::array<KnownBug, 9> table{{
    {"Open MPI",
     {2, 0, 0},
     {3, 0, 4},
     Where::everywhere,
     "MPI-IO (OMPIO) crashes and corrupts collective HDF5 writes",
     "OMPI_MCA_io",
     "^ompio",
     "open-mpi/ompi issue 6285, openPMD/openPMD-api issue 446"},
    {"Open MPI",
     {3, 1, 0},
     {3, 1, 4},
     Where::everywhere,
     "MPI-IO (OMPIO) crashes and corrupts collective HDF5 writes",
     "OMPI_MCA_io",
     "^ompio",
     "open-mpi/ompi issue 6285, openPMD/openPMD-api issue 446"},
    {"Open MPI",
     {4, 0, 0},
     {4, 0, 1},
     Where::everywhere,
     "MPI-IO (OMPIO) crashes and corrupts collective HDF5 writes",
     "OMPI_MCA_io",
     "^ompio",
     "open-mpi/ompi issue 6285, openPMD/openPMD-api issue 446"},
    {"Open MPI",
     {4, 0, 0},
     {4, 0, 5},
     Where::everywhere,
     "collective writes hang when ranks write different amounts",
     "OMPI_MCA_fcoll",
     "dynamic_gen2",
     "open-mpi/ompi issues 7109 and 7809, HDFGroup/hdf5 issue 1227"},
    {"Open MPI",
     {4, 1, 0},
     {4, 1, 5},
     Where::everywhere,
     "collective reads with data sieving miss values",
     "OMPI_MCA_fbtl_posix_read_datasieving",
     "0",
     "open-mpi/ompi issue 10546"},
    {"Open MPI",
     {4, 1, 0},
     {4, 1, 7},
     Where::everywhere,
     "collective writes with data sieving corrupt neighbouring data",
     "OMPI_MCA_fs_ufs_lock_algorithm",
     "3",
     "open-mpi/ompi issue 12718"},
    {"Open MPI",
     {5, 0, 0},
     {5, 0, 6},
     Where::everywhere,
     "collective writes with data sieving corrupt neighbouring data, seen on Cartesian communicators",
     "OMPI_MCA_fs_ufs_lock_algorithm",
     "3",
     "open-mpi/ompi issue 12718"},
    {"Open MPI",
     {4, 1, 0},
     {4, 1, 5},
     Where::on_lustre,
     "collective writes hang on Lustre with many ranks",
     "OMPI_MCA_io",
     "romio321",
     "open-mpi/ompi issues 9479 and 11182"},
    {"Open MPI",
     {2, 0, 0},
     {5, 0, 10},
     Where::long_paths,
     "MPI_File_open overruns a buffer with paths over 245 bytes",
     "OMPI_MCA_sharedfp",
     "^lockedfile",
     "open-mpi/ompi issue 13565"},
}};

}  // namespace

std::span<const KnownBug> known_bugs() { return table; }

}  // namespace tessera::doctor
