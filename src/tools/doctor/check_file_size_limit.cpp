#include <sys/resource.h>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

Finding check_file_size_limit(const Target& target) {
  constexpr const char* name = "file size limit";
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {Status::ok, name, "none"};
  const std::string text = "files end at " + bytes_text(limit.rlim_cur);
  const bool too_small = target.need && *target.need > limit.rlim_cur;
  return {too_small ? Status::error : Status::warning, name,
          too_small ? text + ", but " + bytes_text(*target.need) + " are needed" : text,
          "ulimit -f unlimited, in the job script; where the hard limit forbids that, ask your centre"};
}

}  // namespace tessera::doctor
