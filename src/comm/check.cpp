#include "comm/check.hpp"

#include <string>

#include <tessera/error.hpp>

namespace tessera::comm {

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw Error(ErrorCode::mpi, std::string(call) + " failed: " + text);
}

namespace {

/// Between MPI_Init and MPI_Finalize. Any thread may ask.
bool may_call_mpi() noexcept {
  int level = MPI_THREAD_SINGLE;
  int is_main = 0;
  return MPI_Query_thread(&level) == MPI_SUCCESS && MPI_Is_thread_main(&is_main) == MPI_SUCCESS &&
         (level >= MPI_THREAD_SERIALIZED || is_main != 0);
}

}  // namespace

bool mpi_is_usable() noexcept {
  int initialized = 0;
  int finalized = 0;
  return MPI_Initialized(&initialized) == MPI_SUCCESS && MPI_Finalized(&finalized) == MPI_SUCCESS && initialized != 0 &&
         finalized == 0 && may_call_mpi();
}

const char* thread_level() {
  int level = MPI_THREAD_SINGLE;
  check(MPI_Query_thread(&level), "MPI_Query_thread");
  switch (level) {
    case MPI_THREAD_SINGLE: return "single";
    case MPI_THREAD_FUNNELED: return "funneled";
    case MPI_THREAD_SERIALIZED: return "serialized";
    default: return "multiple";
  }
}

void require_mpi(const char* what, const char* of_what) {
  const auto call = [&] { return std::string(what) + of_what; };
  int initialized = 0;
  int finalized = 0;
  check(MPI_Initialized(&initialized), "MPI_Initialized");
  if (initialized == 0) {
    throw Error(ErrorCode::not_initialized, call() + " before MPI_Init; initialise MPI first");
  }
  check(MPI_Finalized(&finalized), "MPI_Finalized");
  if (finalized != 0) {
    throw Error(ErrorCode::not_initialized, call() + " after MPI_Finalize; make all calls before it");
  }
  if (!may_call_mpi()) {
    throw Error(ErrorCode::wrong_thread,
                call() + " on a thread that may not call MPI; make it on the thread that initialised MPI, or " +
                    "initialise MPI with MPI_Init_thread and at least MPI_THREAD_SERIALIZED");
  }
}

}  // namespace tessera::comm
