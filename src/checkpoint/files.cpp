#include "checkpoint/files.hpp"

#include <dirent.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

#include <tessera/checkpoint.hpp>
#include <tessera/reader.hpp>

#include "base/text.hpp"
#include "storage/check.hpp"
#include "storage/directory.hpp"

namespace tessera::detail {

namespace {

constexpr std::string_view ending = ".h5";

/// 12 of "state.000012.h5".
std::optional<std::int64_t> number_in(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !name.ends_with(ending) || name.size() <= prefix.size() + ending.size()) return {};
  const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - ending.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size() && number > 0;
  return is_number ? std::optional(number) : std::nullopt;
}

void remove_with_warning(const std::string& file) {
  std::error_code error;
  if (std::filesystem::remove(file, error) || !error) return;
  std::fprintf(stderr, "tessera: warning: the old checkpoint %s cannot be removed: %s\n", in_quotes(file).c_str(),
               error.message().c_str());
}

}  // namespace

std::string checkpoint_file(const std::string& path, std::int64_t number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ".%06lld", static_cast<long long>(number));
  return path + text.data() + std::string(ending);
}

std::string unfinished_checkpoint(const std::string& path) { return path + ".unfinished" + std::string(ending); }

std::vector<std::int64_t> checkpoint_numbers(const std::string& path) {
  const std::string directory = storage::directory_of(path);
  const std::string prefix = std::filesystem::path(path).filename().string() + ".";
  // Not std::filesystem::directory_iterator: that of libstdc++ 12 ends the program where there is no memory.
  const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir(directory.c_str()), ::closedir);
  if (!all && errno == ENOENT) return {};
  if (!all) throw storage::system_error("listing", directory, errno);
  std::vector<std::int64_t> numbers;
  while (const dirent* entry = ::readdir(all.get())) {
    const auto number = number_in(entry->d_name, prefix);
    if (number) numbers.push_back(*number);
  }
  std::ranges::sort(numbers, std::greater());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Examined examine_checkpoint(const std::string& file) {
  try {
    Reader reader(MPI_COMM_SELF, file);
    const StoredRun run = reader.run(Checkpoint::run_name);
    if (run.steps() != 1) return {0, "it has " + std::to_string(run.steps()) + " steps instead of one"};
    const double time = run.times().front();
    reader.close();
    return {time, ""};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::out_of_memory) throw;
    return {0, error.what()};
  }
}

void remove_old_checkpoints(const std::string& path, std::int64_t keep) {
  std::int64_t complete = 0;
  for (const std::int64_t number : checkpoint_numbers(path)) {
    const std::string file = checkpoint_file(path, number);
    if (complete >= keep) {
      remove_with_warning(file);
    } else if (examine_checkpoint(file).why_not.empty()) {
      ++complete;
    }
  }
}

}  // namespace tessera::detail
