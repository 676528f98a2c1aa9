#include "pipeline/preflight.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/saturate.hpp"
#include "storage/room.hpp"

namespace tessera::pipeline {

namespace {

/// All ranks' bytes of a commit before compression.
std::uint64_t raw_bytes(const Commit& commit) {
  std::int64_t total = 0;
  for (const FieldData& data : commit.fields) {
    std::int64_t bytes = data.field->cell_bytes();
    for (const std::int64_t extent : data.field->shape()) bytes = saturating_product(bytes, extent);
    total = saturating_sum(total, bytes);
  }
  return static_cast<std::uint64_t>(total);
}

void warn(const std::string& path, std::uint64_t needed, std::uint64_t left, const char* where, const char* remedy) {
  std::fprintf(stderr, "tessera: warning: the next step of '%s' takes about %llu MiB, but %llu MiB are left %s; %s\n",
               path.c_str(), static_cast<unsigned long long>(needed >> 20), static_cast<unsigned long long>(left >> 20),
               where, remedy);
}

}  // namespace

void Preflight::warn_where_short(const Commit& commit, std::uint64_t end) {
  const std::uint64_t needed = last_bytes_ != 0 ? last_bytes_ : raw_bytes(commit);
  if (commit.fields.empty()) return;
  const std::uint64_t limit = storage::file_size_limit();
  const std::uint64_t below_limit = limit - std::min(limit, end);
  if (needed > below_limit && !std::exchange(warned_of_limit_, true)) {
    warn(path_, needed, below_limit, "below the limit on file sizes", "raise it (ulimit -f), or begin a new file");
  }
  if (warned_of_space_) return;
  const auto free = storage::free_space(path_);
  if (free && needed > *free) {
    warned_of_space_ = true;
    warn(path_, needed, *free, "on its file system", "free some space, or the commit will fail");
  }
}

}  // namespace tessera::pipeline
