#include "comm/errors_return.hpp"

namespace tessera::comm {

namespace {

/// For communicators and files alike, which have functions of their own. Where the handler cannot be asked for it
/// stays.
template <class Thing>
MPI_Errhandler exchange(int (*get)(Thing, MPI_Errhandler*), int (*set)(Thing, MPI_Errhandler), Thing thing) {
  MPI_Errhandler before = MPI_ERRHANDLER_NULL;
  if (get(thing, &before) != MPI_SUCCESS) return MPI_ERRHANDLER_NULL;
  static_cast<void>(set(thing, MPI_ERRORS_RETURN));
  return before;
}

/// What get() gave is a reference of its own, of which MPI's own handlers need none.
template <class Thing>
void restore(int (*set)(Thing, MPI_Errhandler), Thing thing, MPI_Errhandler& before) {
  if (before == MPI_ERRHANDLER_NULL) return;
  static_cast<void>(set(thing, before));
  if (before != MPI_ERRORS_ARE_FATAL && before != MPI_ERRORS_RETURN) static_cast<void>(MPI_Errhandler_free(&before));
}

}  // namespace

ErrorsReturn::ErrorsReturn()
    : world_(exchange<MPI_Comm>(MPI_Comm_get_errhandler, MPI_Comm_set_errhandler, MPI_COMM_WORLD)),
      self_(exchange<MPI_Comm>(MPI_Comm_get_errhandler, MPI_Comm_set_errhandler, MPI_COMM_SELF)),
      file_(exchange<MPI_File>(MPI_File_get_errhandler, MPI_File_set_errhandler, MPI_FILE_NULL)) {}

ErrorsReturn::~ErrorsReturn() {
  restore<MPI_File>(MPI_File_set_errhandler, MPI_FILE_NULL, file_);
  restore<MPI_Comm>(MPI_Comm_set_errhandler, MPI_COMM_SELF, self_);
  restore<MPI_Comm>(MPI_Comm_set_errhandler, MPI_COMM_WORLD, world_);
}

}  // namespace tessera::comm
