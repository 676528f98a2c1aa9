#include "pipeline/measures.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "base/host_name.hpp"
#include "storage/requests.hpp"

namespace tessera::pipeline {

namespace {

template <class Number>
std::uint32_t saturated(Number number) noexcept {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

/// Of two with the same seconds the lower rank, so that the order does not matter.
void merge(Work& all, const Work& others) noexcept {
  all.sum += others.sum;
  if (others.longest < all.longest || (others.longest == all.longest && others.rank > all.rank)) return;
  all.longest = others.longest;
  all.rank = others.rank;
  all.host = others.host;
}

}  // namespace

HostName short_host_name() noexcept {
  const auto text = host_name();
  std::string_view name(text.data());
  name = name.substr(0, name.find('.'));
  HostName host{};
  if (name.size() > host.size()) name.remove_prefix(name.size() - host.size());
  std::ranges::copy(name, host.begin());
  return host;
}

void RankMeasures::set(const Statistics& statistics, const Statistics& earlier, const SecondsBefore& taken) noexcept {
  const StageSeconds before = earlier.seconds();
  StageSeconds now = statistics.seconds();
  work_so_far = static_cast<float>(work_of(now));
  for (const NamedStage& stage : stages) now.*stage.seconds -= before.*stage.seconds;
  now.agree = taken.agree;
  now.plan = taken.plan;
  for (std::size_t i = 0; i < seconds.size(); ++i) seconds[i] = static_cast<float>(now.*stages[i].seconds);
  raw_bytes = statistics.raw_bytes - earlier.raw_bytes;
  stored_bytes = statistics.stored_bytes - earlier.stored_bytes;
}

void RequestCount::add(std::uint64_t offset, std::uint64_t bytes) noexcept {
  const std::uint32_t size = saturated(bytes);
  smallest = count == 0 ? size : std::min(smallest, size);
  largest = std::max(largest, size);
  count += 1;
  small += bytes < WriteRequests::small_bytes ? 1 : 0;
  aligned += offset % WriteRequests::alignment == 0 ? 1 : 0;
}

void count_requests(RequestCount& requests, std::uint64_t offset,
                    std::span<const std::span<const std::byte>> parts) noexcept {
  while (!parts.empty()) {
    const storage::Request request = storage::next_request(parts);
    requests.add(offset, request.bytes);
    offset += request.bytes;
    parts = parts.subspan(request.parts);
  }
}

void merge(WriteRequests& all, const WriteRequests& others) noexcept {
  if (others.count == 0) return;
  all.smallest = all.count == 0 ? others.smallest : std::min(all.smallest, others.smallest);
  all.smallest_mean = all.count == 0 ? others.smallest_mean : std::min(all.smallest_mean, others.smallest_mean);
  all.largest = std::max(all.largest, others.largest);
  all.count += others.count;
  all.small += others.small;
  all.aligned += others.aligned;
}

void set_mean(WriteRequests& requests, std::uint64_t bytes) noexcept {
  if (requests.count > 0) requests.mean = bytes / requests.count;
}

CommitMeasures::CommitMeasures(const RankMeasures& one) noexcept
    : raw_bytes(one.raw_bytes), stored_bytes(one.stored_bytes), requests{one.requests.count,
                                                                         one.requests.small,
                                                                         one.requests.aligned,
                                                                         one.requests.smallest,
                                                                         one.requests.largest,
                                                                         0,
                                                                         0},
      ranks(1), ranks_that_wrote(one.stored_bytes > 0 ? 1 : 0) {
  for (std::size_t i = 0; i < one.seconds.size(); ++i) sum.*stages[i].seconds = static_cast<double>(one.seconds[i]);
  longest = sum;
  const auto work_of = [&](double seconds) { return Work{seconds, seconds, one.rank, one.host}; };
  set_mean(requests, stored_bytes);
  requests.smallest_mean = requests.mean;
  work = work_of(RankMeasures::work_of(sum));
  work_so_far = work_of(static_cast<double>(one.work_so_far));
}

void merge(CommitMeasures& all, const CommitMeasures& others) noexcept {
  for (const NamedStage& stage : stages) {
    all.sum.*stage.seconds += others.sum.*stage.seconds;
    all.longest.*stage.seconds = std::max(all.longest.*stage.seconds, others.longest.*stage.seconds);
  }
  all.raw_bytes += others.raw_bytes;
  all.stored_bytes += others.stored_bytes;
  merge(all.requests, others.requests);
  set_mean(all.requests, all.stored_bytes);
  all.ranks += others.ranks;
  all.ranks_that_wrote += others.ranks_that_wrote;
  merge(all.work, others.work);
  merge(all.work_so_far, others.work_so_far);
}

void add_of_root(CommitMeasures& all, double publish, double sync) noexcept {
  all.longest.publish = publish;
  all.sum.publish = publish * static_cast<double>(all.ranks);  // of which the mean is that of rank 0
  all.sum.sync += sync;
  all.longest.sync = std::max(all.longest.sync, sync);
}

SlowestRank slowest_of(const Work& work, std::uint64_t ranks) {
  const std::string_view host(work.host.data(), work.host.size());
  const double mean = work.sum / static_cast<double>(std::max<std::uint64_t>(ranks, 1));
  return {static_cast<int>(work.rank), std::string(host.substr(0, host.find('\0'))), std::max(work.longest, 0.0),
          mean > 0 ? work.longest / mean : 1};
}

CommitReport report_of(const CommitMeasures& measures) {
  CommitReport report;
  report.raw_bytes = measures.raw_bytes;
  report.stored_bytes = measures.stored_bytes;
  report.requests = measures.requests;
  report.ranks_that_wrote = static_cast<int>(measures.ranks_that_wrote);
  for (const NamedStage& stage : stages) {
    const auto ranks = static_cast<double>(std::max<std::uint64_t>(measures.ranks, 1));
    report.mean.*stage.seconds = measures.sum.*stage.seconds / ranks;
  }
  report.longest = measures.longest;
  report.slowest = slowest_of(measures.work, measures.ranks);
  return report;
}

}  // namespace tessera::pipeline
