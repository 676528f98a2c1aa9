#pragma once

#include <mpi.h>

namespace tessera::comm {

/// While it lives, errors of MPI that belong to no communicator or file of ours are returned, instead of ending the
/// program, and checked: those of infos and data types go to MPI_COMM_WORLD's handler (MPI 4: MPI_COMM_SELF's), those
/// of opening files to MPI_FILE_NULL's. Then the application's handlers are back. Local.
class ErrorsReturn {
 public:
  ErrorsReturn();
  ~ErrorsReturn();
  ErrorsReturn(const ErrorsReturn&) = delete;
  ErrorsReturn& operator=(const ErrorsReturn&) = delete;

 private:
  MPI_Errhandler world_ = MPI_ERRHANDLER_NULL;
  MPI_Errhandler self_ = MPI_ERRHANDLER_NULL;
  MPI_Errhandler file_ = MPI_ERRHANDLER_NULL;
};

}  // namespace tessera::comm
