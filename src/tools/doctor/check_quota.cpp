#include "tools/doctor/checks.hpp"
#include "tools/doctor/quota.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {

constexpr const char* quota_check = "quota";

bool nearly(std::uint64_t used, std::uint64_t limit) {
  return limit > 0 && static_cast<double>(used) > 0.95 * static_cast<double>(limit);
}

Finding judge(const Quota& quota, const Target& target) {
  std::string text = quota.whose + ": ";
  if (quota.bytes_limit > 0) text += bytes_text(quota.bytes) + " of " + bytes_text(quota.bytes_limit);
  if (quota.files_limit > 0) {
    text += (quota.bytes_limit > 0 ? ", " : "") + std::to_string(quota.files) + " of " +
            count_text(static_cast<std::int64_t>(quota.files_limit), "file");
  }
  const std::string remedy = "remove files, or ask for a larger quota";
  const std::uint64_t left = quota.bytes_limit > quota.bytes ? quota.bytes_limit - quota.bytes : 0;
  if (quota.bytes_limit > 0 && target.need && *target.need > left) {
    return {Status::error, quota_check, text + ", but " + bytes_text(*target.need) + " are needed", remedy};
  }
  const bool no_files = quota.files_limit > 0 && quota.files >= quota.files_limit;
  if (no_files || (quota.bytes_limit > 0 && left == 0)) return {Status::error, quota_check, text, remedy};
  if (nearly(quota.bytes, quota.bytes_limit) || nearly(quota.files, quota.files_limit)) {
    return {Status::warning, quota_check, text, remedy};
  }
  return {Status::ok, quota_check, text};
}

}  // namespace

std::vector<Finding> check_quota(const Target& target) {
  std::vector<Finding> findings;
  for (const Quota& quota : quotas_of(target.directory)) findings.push_back(judge(quota, target));
  if (findings.empty()) return {{Status::ok, quota_check, "none that lfs, the kernel or quota(1) tell of"}};
  return findings;
}

}  // namespace tessera::doctor
