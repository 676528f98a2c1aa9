#include "tools/doctor/quota.hpp"

#include <fcntl.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>

#include "tools/doctor/program.hpp"

namespace tessera::doctor {

namespace {

bool is_limited(const Quota& quota) { return quota.bytes_limit > 0 || quota.files_limit > 0; }

/// "123", "123*"
std::optional<std::uint64_t> number(std::string_view word) {
  if (word.ends_with('*')) word.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

/// Long names have a line of their own before their numbers; so all lines behind a name are one.
std::vector<Quota> parse(const std::optional<std::string>& text, const std::string& whose) {
  std::vector<Quota> quotas;
  std::istringstream lines(text.value_or(""));
  std::string pending;
  for (std::string line; std::getline(lines, line);) {
    pending += line + " ";
    if (const auto quota = parse_quota_line(pending, whose)) {
      if (is_limited(*quota)) quotas.push_back(*quota);
      pending.clear();
    } else if (line.find("quota") != std::string::npos) {
      pending.clear();  // a heading
    }
  }
  return quotas;
}

std::vector<Quota> from_kernel(const std::string& directory) {
  std::vector<Quota> quotas;
#ifdef SYS_quotactl_fd
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return quotas;
  for (const int type : {USRQUOTA, GRPQUOTA}) {
    dqblk block{};
    const unsigned id = type == USRQUOTA ? geteuid() : getegid();
    if (syscall(SYS_quotactl_fd, descriptor, QCMD(Q_GETQUOTA, type), id, &block) != 0) continue;
    constexpr std::uint64_t block_bytes = 1024;
    const std::uint64_t blocks = block.dqb_bhardlimit > 0 ? block.dqb_bhardlimit : block.dqb_bsoftlimit;
    const std::uint64_t files = block.dqb_ihardlimit > 0 ? block.dqb_ihardlimit : block.dqb_isoftlimit;
    const Quota quota{type == USRQUOTA ? "user" : "group", block.dqb_curspace, blocks * block_bytes,
                      block.dqb_curinodes, files};
    if (is_limited(quota)) quotas.push_back(quota);
  }
  close(descriptor);
#else
  static_cast<void>(directory);
#endif
  return quotas;
}

/// The directory at which the file system of `directory` is mounted.
std::string mount_point(const std::string& directory) {
  std::error_code failure;
  std::filesystem::path path = std::filesystem::canonical(directory, failure);
  struct stat here {};
  if (failure || stat(path.c_str(), &here) != 0) return directory;
  while (path.has_relative_path()) {
    struct stat above {};
    if (stat(path.parent_path().c_str(), &above) != 0 || above.st_dev != here.st_dev) break;
    path = path.parent_path();
  }
  return path.string();
}

}  // namespace

std::optional<Quota> parse_quota_line(std::string_view line, const std::string& whose) {
  std::istringstream words{std::string(line)};
  std::string word;
  words >> word;  // the file system
  std::vector<std::uint64_t> numbers;
  while (words >> word) {
    if (const auto value = number(word)) numbers.push_back(*value);
  }
  if (numbers.size() < 6) return std::nullopt;
  const auto limit = [&](std::size_t soft) { return numbers[soft + 1] > 0 ? numbers[soft + 1] : numbers[soft]; };
  return Quota{whose, numbers[0] * 1024, limit(1) * 1024, numbers[3], limit(4)};
}

std::vector<Quota> quotas_of(const std::string& directory) {
  std::vector<Quota> quotas;
  const auto add = [&](const std::vector<Quota>& more) { quotas.insert(quotas.end(), more.begin(), more.end()); };
  add(parse(output_of({"lfs", "quota", "-q", "-u", std::to_string(geteuid()), directory}), "user"));
  add(parse(output_of({"lfs", "quota", "-q", "-g", std::to_string(getegid()), directory}), "group"));
  if (quotas.empty()) add(from_kernel(directory));
  if (!quotas.empty()) return quotas;
  const std::string mounted = mount_point(directory);
  add(parse(output_of({"quota", "-w", "-u", "-f", mounted}), "user"));
  add(parse(output_of({"quota", "-w", "-g", "-f", mounted}), "group"));
  return quotas;
}

}  // namespace tessera::doctor
