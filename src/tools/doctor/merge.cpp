#include "tools/doctor/merge.hpp"

#include <algorithm>

#include "comm/messages.hpp"

namespace tessera::doctor {

namespace {

/// Characters that no text has end a field, a finding, and a rank's list.
constexpr char field_end = '\x1f';
constexpr char finding_end = '\x1e';
constexpr char list_end = '\x1d';

std::string without_marks(std::string text) {
  std::erase_if(text, [](char letter) { return letter == field_end || letter == finding_end || letter == list_end; });
  return text;
}

/// The part up to a mark, which is taken off `bytes`.
std::string_view take(std::string_view& bytes, char mark) {
  const auto end = bytes.find(mark);
  const auto part = bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  return part;
}

bool same(const Finding& a, const Finding& b) {
  return a.status == b.status && a.check == b.check && a.text == b.text && a.remedy == b.remedy;
}

}  // namespace

std::string pack(const std::vector<Finding>& findings) {
  std::string bytes;
  for (const Finding& finding : findings) {
    bytes += std::to_string(static_cast<int>(finding.status));
    for (const std::string& text : {finding.check, finding.text, finding.remedy}) {
      bytes += field_end + without_marks(text);
    }
    bytes += finding_end;
  }
  return bytes + list_end;
}

std::vector<std::vector<Finding>> unpack(std::string_view bytes) {
  std::vector<std::vector<Finding>> lists;
  while (!bytes.empty()) {
    std::string_view list = take(bytes, list_end);
    lists.emplace_back();
    while (!list.empty()) {
      std::string_view fields = take(list, finding_end);
      Finding finding;
      finding.status = static_cast<Status>(take(fields, field_end).front() - '0');
      finding.check = take(fields, field_end);
      finding.text = take(fields, field_end);
      finding.remedy = take(fields, field_end);
      lists.back().push_back(std::move(finding));
    }
  }
  return lists;
}

std::vector<Finding> merge(const std::vector<std::vector<Finding>>& by_rank) {
  std::vector<Finding> merged;
  std::vector<std::string> order;
  for (std::size_t rank = 0; rank < by_rank.size(); ++rank) {
    for (const Finding& finding : by_rank[rank]) {
      if (std::ranges::find(order, finding.check) == order.end()) order.push_back(finding.check);
      auto known = std::ranges::find_if(merged, [&](const Finding& other) { return same(finding, other); });
      if (known == merged.end()) known = merged.insert(merged.end(), finding);
      known->ranks.push_back(static_cast<int>(rank));
    }
  }
  const auto place = [&](const Finding& finding) { return std::ranges::find(order, finding.check) - order.begin(); };
  std::ranges::stable_sort(merged, [&](const Finding& a, const Finding& b) {
    return place(a) != place(b) ? place(a) < place(b) : a.status > b.status;
  });
  // Whoever made a check: when all of them say the same, it needs no ranks.
  for (Finding& finding : merged) {
    const auto differs = [&](const std::vector<Finding>& list) {
      const bool made = std::ranges::any_of(list, [&](const Finding& other) { return other.check == finding.check; });
      return made && std::ranges::none_of(list, [&](const Finding& other) { return same(finding, other); });
    };
    if (std::ranges::none_of(by_rank, differs)) finding.ranks.clear();
  }
  return merged;
}

std::vector<Finding> gather(const comm::Communicator& comm, const std::vector<Finding>& own) {
  const std::string bytes = pack(own);
  const auto all = comm::gather_bytes(comm, std::as_bytes(std::span(bytes)));
  if (comm.rank() != 0) return {};
  return merge(unpack({reinterpret_cast<const char*>(all.data()), all.size()}));
}

}  // namespace tessera::doctor
