#include "storage/check.hpp"

#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "storage/free_space.hpp"

namespace tessera::storage {

namespace {

std::string remedy(int error) {
  switch (error) {
    case ENOSPC: return "free some space on this file system, or write elsewhere";
    case EDQUOT: return "the disk quota is used up: free some space, or ask for a larger quota";
    case EFBIG: return "the limit on file sizes is " + limit_text() + ": raise it (ulimit -f), or begin a new file";
    case EIO: return "the storage itself failed: look at the system's log, or write elsewhere";
    case EROFS: return "the file system is read-only: have it mounted for writing, or write elsewhere";
    case EACCES:
    case EPERM: return "give yourself permission to write the file and its directory, or write elsewhere";
    case ENOENT: return "the file or its directory was removed or renamed: put it back, or write elsewhere";
    case ELOOP: return "the links lead in a circle: mend them, or give the path of the file itself";
    case ENAMETOOLONG: return "a name can have 255 bytes, a path 4095: give a shorter one, or a relative path";
    case ESTALE: return "the file server no longer knows the file: begin a new file";
    case EMFILE:
    case ENFILE: return "too many files are open: close some, or raise the limit (ulimit -n)";
    case EEXIST: return "remove it, or choose another name";
    default: return "check the file system, or write elsewhere";
  }
}

}  // namespace

Error system_error(const char* call, const std::string& path, int error) {
  return {ErrorCode::storage,
          std::string(call) + " failed for " + in_quotes(path) + ": " + std::strerror(error) + "; " + remedy(error)};
}

}  // namespace tessera::storage
