#include "pipeline/preflight.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "storage/free_space.hpp"

namespace tessera::pipeline {

namespace {

/// The bytes of a commit's chunks before compression, all ranks together: those that somebody has put cells of, which
/// may be few of a field's.
std::uint64_t raw_bytes(const Commit& commit) {
  std::int64_t total = 0;
  for (const FieldData& data : commit.fields) {
    const std::int64_t chunk = saturating_product(data.field->cell_bytes(), data.plan->grid.chunk_volume());
    total = saturating_sum(total, saturating_product(data.plan->all_chunks, chunk));
  }
  return static_cast<std::uint64_t>(total);
}

}  // namespace

Preflight::Preflight(const storage::Place& place) : name_(place.name) {
  std::error_code ignored;
  directory_ = std::filesystem::absolute(place.path, ignored).parent_path().string();
}

void Preflight::before(const Commit& commit, std::uint64_t end) {
  if (commit.fields.empty() || std::exchange(began_, true)) return;
  look(raw_bytes(commit), end, "the first step takes up to ");
}

void Preflight::after(std::uint64_t begin, std::uint64_t end) { look(end - begin, end, "the last step took "); }

void Preflight::look(std::uint64_t needed, std::uint64_t end, const char* what) {
  const std::string step = in_quotes(name_) + ": " + what + size_text(needed) + ", but only ";
  const std::uint64_t limit = storage::file_size_limit();
  const std::uint64_t below_limit = limit - std::min(limit, end);
  if (needed > below_limit) {
    warn(warned_of_limit_, step + size_text(below_limit) +
                               " are left below the limit on file sizes; raise it (ulimit -f), "
                               "or begin a new file");
  }
  const auto free = storage::free_space(directory_);
  if (free && needed > *free) {
    warn(warned_of_space_,
         step + size_text(*free) + " are free on its file system; make some space, or a commit will fail");
  }
}

void Preflight::warn(bool& warned, const std::string& text) {
  if (!std::exchange(warned, true)) warn(text);
}

void Preflight::warn(const std::string& text) {
  warnings_.push_back(text);
  std::fprintf(stderr, "tessera: warning: %s\n", text.c_str());
}

}  // namespace tessera::pipeline
