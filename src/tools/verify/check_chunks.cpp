#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "base/buffer.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "codec/decode.hpp"
#include "tools/verify/checks.hpp"

namespace tessera::tools {

namespace {

using hdf5::SurveyedDataset;

/// What one thread does at a time: chunks of one dataset, or a part of one that is in one piece.
struct Job {
  const SurveyedDataset* dataset = nullptr;
  std::size_t first = 0;
  std::size_t count = 0;  ///< of chunks
  hdf5::FileRange part;   ///< where there are no chunks
};

constexpr std::uint64_t job_bytes = std::uint64_t{4} << 20;
constexpr std::size_t job_chunks = 256;

bool is_inside(const hdf5::FileRange& range, std::uint64_t length) {
  return range.begin <= length && range.size <= length - range.begin;
}

void add_jobs(const SurveyedDataset& dataset, std::vector<Job>& jobs) {
  const auto& chunks = dataset.index.chunks;
  for (std::size_t first = 0; first < chunks.size();) {
    std::size_t end = first;
    for (std::uint64_t bytes = 0; end < chunks.size() && end - first < job_chunks && bytes < job_bytes; ++end) {
      bytes += std::max<std::uint64_t>(chunks[end].size, dataset.grid.chunk_bytes() / 4);
    }
    jobs.push_back({&dataset, first, end - first, {}});
    first = end;
  }
  for (std::uint64_t done = 0; done < dataset.bytes.size; done += job_bytes) {
    jobs.push_back({&dataset, 0, 0, {dataset.bytes.begin + done, std::min(job_bytes, dataset.bytes.size - done)}});
  }
}

/// Counts and findings of all threads.
class Checker {
 public:
  Checker(const hdf5::Survey& survey, const StepDatasets& fields, std::size_t threads, VerifyReport& report)
      : survey_(survey), fields_(fields), report_(report), length_(survey.file().size()), tools_(threads) {}

  void run(std::size_t thread, const Job& job) {
    Tools& tools = tools_[thread];
    if (job.count == 0) return read_part(tools, job);
    std::uint64_t stored = 0;
    std::uint64_t decoded = 0;
    for (std::size_t i = job.first; i < job.first + job.count; ++i) {
      const hdf5::PlacedChunk& chunk = job.dataset->index.chunks[i];
      if (!is_inside({chunk.address, chunk.size}, length_)) continue;  // check_space tells
      stored += chunk.size;
      decoded += check(tools, *job.dataset, chunk) ? 1 : 0;
    }
    const std::lock_guard lock(mutex_);
    report_.chunks += job.count;
    report_.decoded_chunks += decoded;
    report_.stored_bytes += stored;
    report_.raw_bytes += job.count * job.dataset->grid.chunk_bytes();
  }

 private:
  /// Of one thread.
  struct Tools {
    codec::Decoder decoder;
    Buffer stored;
    Buffer elements;
  };

  /// \return whether it was decoded
  bool check(Tools& tools, const SurveyedDataset& dataset, const hdf5::PlacedChunk& chunk) {
    try {
      tools.stored.reserve(chunk.size);
      const std::span<std::byte> stored = tools.stored.first(chunk.size);
      survey_.file().read(chunk.address, stored);
      if (!codec::can_decode(dataset.filters)) return false;
      tools.elements.reserve(dataset.grid.chunk_bytes());
      const bool is_partial = dataset.has_partial_unfiltered && chunk.size == dataset.grid.chunk_bytes();
      if (!is_partial) {
        tools.decoder.decode(dataset.filters, stored, chunk.mask, tools.elements.first(dataset.grid.chunk_bytes()));
      }
      return !dataset.filters.empty();
    } catch (const Error& error) {
      const std::lock_guard lock(mutex_);
      report_.add(chunk_finding(Finding::Kind::chunk, dataset, fields_, chunk.index, chunk.address, error.what()));
      return true;
    }
  }

  void read_part(Tools& tools, const Job& job) {
    if (!is_inside(job.part, length_)) return;
    std::optional<std::string> failure;
    try {
      tools.stored.reserve(job.part.size);
      survey_.file().read(job.part.begin, tools.stored.first(job.part.size));
    } catch (const Error& error) {
      failure = error.what();
    }
    const std::lock_guard lock(mutex_);
    if (failure) report_.add({Finding::Kind::chunk, job.dataset->path, {}, {}, job.part.begin, *failure});
    report_.stored_bytes += job.part.size;
    report_.raw_bytes += job.part.size;
  }

  const hdf5::Survey& survey_;
  const StepDatasets& fields_;
  VerifyReport& report_;
  std::uint64_t length_;
  std::vector<Tools> tools_;
  std::mutex mutex_;
};

/// Filters that others have written; elements that lie elsewhere. HDF5 alone can follow them, one after the other.
void check_by_hdf5(const hdf5::Survey& survey, const StepDatasets& fields, const SurveyedDataset& dataset,
                   VerifyReport& report) {
  if (!hdf5::Survey::has_filters(dataset)) {
    report.notes.push_back(dataset.path + ": not decoded, since HDF5 lacks its filter here");
    return;
  }
  constexpr std::uint64_t max_bytes = std::uint64_t{1} << 28;
  std::uint64_t elements = 1;
  for (const hsize_t extent : dataset.grid.extents) elements *= extent;
  if (dataset.has_variable_length && elements <= max_bytes / std::max<std::uint64_t>(dataset.grid.element_bytes, 1)) {
    try {
      survey.read_all(dataset);
    } catch (const Error& error) {
      report.add({Finding::Kind::chunk, dataset.path, {}, {}, {}, error.what()});
    }
  } else if (dataset.has_variable_length) {
    report.notes.push_back(dataset.path + ": its elements were not followed, there are too many");
  }
  if (codec::can_decode(dataset.filters)) return;
  for (const hdf5::PlacedChunk& chunk : dataset.index.chunks) {
    try {
      survey.read_chunk(dataset, chunk.index);
      ++report.decoded_chunks;
    } catch (const Error& error) {
      report.add(chunk_finding(Finding::Kind::chunk, dataset, fields, chunk.index, chunk.address, error.what()));
    }
  }
}

}  // namespace

Finding chunk_finding(Finding::Kind kind, const SurveyedDataset& dataset, const StepDatasets& fields,
                      std::uint64_t number, std::optional<std::uint64_t> offset, std::string text) {
  Finding finding{kind, dataset.path, {}, number, offset, std::move(text)};
  const auto field = fields.find(dataset.path);
  if (field == fields.end() || !field->second.field->field.time_dependent) return finding;
  const std::uint64_t along_time = dataset.grid.counts()[0];
  const std::uint64_t per_step = std::max<std::uint64_t>(along_time == 0 ? 0 : dataset.grid.count() / along_time, 1);
  const auto place = static_cast<std::size_t>(number / per_step * dataset.grid.chunk[0]);
  const std::vector<std::int64_t> steps = field->second.run->steps_of(field->second.field->field.time_axis);
  finding.step = place < steps.size() ? steps[place] : static_cast<std::int64_t>(place);
  finding.chunk = number % per_step;
  return finding;
}

void check_chunks(const hdf5::Survey& survey, const StepDatasets& fields, std::size_t threads, VerifyReport& report) {
  std::vector<Job> jobs;
  for (const SurveyedDataset& dataset : survey.datasets()) add_jobs(dataset, jobs);
  const auto begin = std::chrono::steady_clock::now();
  {
    Workers workers(std::max<std::size_t>(1, std::min(threads, jobs.size())));
    Checker checker(survey, fields, workers.count(), report);
    workers.run(
        jobs.size(), [&](std::size_t thread, std::size_t number) { checker.run(thread, jobs[number]); }, [] {});
    report.threads = workers.count();
  }
  for (const SurveyedDataset& dataset : survey.datasets()) {
    if (!codec::can_decode(dataset.filters) || dataset.has_variable_length) {
      check_by_hdf5(survey, fields, dataset, report);
    }
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace tessera::tools
