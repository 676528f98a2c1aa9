#include "tools/common/told.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include <tessera/error.hpp>

#include "tools/common/exit_code.hpp"

namespace tessera::tools {

namespace {

int complain(std::string text, int code) noexcept {
  std::ranges::replace(text, '\n', ' ');
  std::fflush(stdout);
  std::fprintf(stderr, "tessera: %s\n", text.c_str());
  return code;
}

int exit_code_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::storage:
    case ErrorCode::hdf5:
    case ErrorCode::file_exists: return unreadable;
    case ErrorCode::invalid_argument:
    case ErrorCode::out_of_bounds:
    case ErrorCode::not_found: return wrong_command_line;
    default: return failed;
  }
}

}  // namespace

int told(const std::function<int()>& work) noexcept {
  try {
    return work();
  } catch (const Error& error) {
    return complain(error.what(), exit_code_of(error.code()));
  } catch (const std::bad_alloc&) {
    return complain("not enough memory", failed);
  } catch (const std::exception& error) {
    return complain(error.what(), failed);
  } catch (...) {
    return complain("an unknown error", failed);
  }
}

int told_together(int rank, const std::function<int()>& work) noexcept {
  if (rank == 0) return told(work);
  try {
    return work();
  } catch (const Error& error) {
    return exit_code_of(error.code());
  } catch (...) {
    return failed;
  }
}

}  // namespace tessera::tools
