#include <algorithm>
#include <string>
#include <vector>

#include "tools/verify/checks.hpp"

namespace tessera::tools {

namespace {

/// Bytes that belong to something.
struct Used {
  hdf5::FileRange range;
  const hdf5::SurveyedDataset* dataset = nullptr;  ///< none: metadata
  std::uint64_t number = 0;                        ///< of the chunk
};

std::vector<Used> all_used(const hdf5::Survey& survey, VerifyReport& report) {
  std::vector<Used> used;
  for (const hdf5::FileRange& range : survey.metadata()) {
    used.push_back({range, nullptr, 0});
    report.metadata_bytes += range.size;
  }
  for (const hdf5::SurveyedDataset& dataset : survey.datasets()) {
    if (dataset.bytes.size > 0) used.push_back({dataset.bytes, &dataset, 0});
    for (const hdf5::PlacedChunk& chunk : dataset.index.chunks) {
      used.push_back({{chunk.address, chunk.size}, &dataset, chunk.index});
    }
  }
  std::ranges::stable_sort(used, {}, [](const Used& one) { return one.range.begin; });
  return used;
}

/// A job that continues the file would write there.
template <class MakeFinding>
void check_record(const hdf5::Survey& survey, const std::vector<Used>& all, const MakeFinding& finding,
                  VerifyReport& report) {
  const std::vector<hdf5::Extent> free = survey.recorded_free();
  for (const hdf5::Extent& extent : free) report.free_bytes += extent.size();
  auto extent = free.begin();
  for (const Used& used : all) {
    while (extent != free.end() && extent->end <= used.range.begin) ++extent;
    if (extent == free.end()) return;
    if (used.range.begin + used.range.size <= extent->begin) continue;
    report.add(finding(Finding::Kind::overlap, used, "the record of free space at byte 4096 has it too"));
  }
}

std::string name_of(const Used& used) {
  if (used.dataset == nullptr) return "a block of metadata at byte " + std::to_string(used.range.begin);
  if (used.dataset->index.chunks.empty()) return "the values of " + used.dataset->path;
  return "chunk " + std::to_string(used.number) + " (counted over all steps) of " + used.dataset->path;
}

}  // namespace

void check_space(const hdf5::Survey& survey, const StepDatasets& fields, VerifyReport& report) {
  report.end = survey.end();
  report.length = survey.file().size();
  const auto finding = [&](Finding::Kind kind, const Used& used, std::string text) {
    if (used.dataset == nullptr) return Finding{kind, "/", {}, {}, used.range.begin, std::move(text)};
    if (used.dataset->index.chunks.empty()) {
      return Finding{kind, used.dataset->path, {}, {}, used.range.begin, std::move(text)};
    }
    return chunk_finding(kind, *used.dataset, fields, used.number, used.range.begin, std::move(text));
  };
  std::uint64_t reached = 0;  // all before it was looked at
  std::uint64_t referenced = 0;
  const Used* last = nullptr;
  const std::vector<Used> all = all_used(survey, report);
  for (const Used& used : all) {
    const std::uint64_t end = used.range.begin + used.range.size;
    if (end < used.range.begin || end > report.end) {
      report.add(finding(Finding::Kind::place, used,
                         "its " + std::to_string(used.range.size) + " bytes reach beyond the file's end at " +
                             std::to_string(report.end)));
      continue;
    }
    if (used.range.begin < reached && last != nullptr && (used.dataset != nullptr || last->dataset != nullptr)) {
      report.add(finding(Finding::Kind::overlap, used, "lies on " + name_of(*last)));
    }
    if (end > reached) {
      referenced += end - std::max(reached, used.range.begin);
      reached = end;
      last = &used;
    }
  }
  if (report.writer != WriterState::live) check_record(survey, all, finding, report);
  report.unreferenced_bytes = report.end - std::min(referenced, report.end);
  if (report.end > report.length) {
    report.add(
        {Finding::Kind::place,
         "/",
         {},
         {},
         {},
         "the file is truncated: it has " + std::to_string(report.length) + " bytes of " + std::to_string(report.end)});
  }
}

}  // namespace tessera::tools
