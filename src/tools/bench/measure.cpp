#include "tools/bench/measure.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <system_error>

#include <tessera/config.hpp>
#include <tessera/writer.hpp>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/exchange.hpp"
#include "comm/node.hpp"
#include "storage/check.hpp"
#include "storage/file.hpp"
#include "tools/bench/field.hpp"
#include "tools/doctor/checks.hpp"

namespace tessera::tools {

namespace {

namespace fs = std::filesystem;

/// For the files; made and removed by rank 0, and also removed where a measurement ends early.
class Directory {
 public:
  Directory(const comm::Communicator& comm, const std::string& parent) : is_root_(comm.rank() == 0) {
    std::optional<Error> failure;
    if (is_root_) path_ = parent + "/.tessera-bench." + std::to_string(::getpid());
    std::error_code error;
    if (is_root_ && !fs::create_directory(path_, error)) {
      failure = storage::system_error("creating", path_, error ? error.value() : EEXIST);
      path_.clear();
    }
    comm::conclude(comm, "making a directory", failure);
    path_ = comm::broadcast_text(comm, 0, path_);
  }
  ~Directory() {
    std::error_code ignored;
    if (is_root_ && !path_.empty()) fs::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  bool is_root_;
  std::string path_;
};

/// Writes a step after the other.
class Way {
 public:
  explicit Way(BenchRow row) : row_(std::move(row)) {}
  virtual ~Way() = default;
  Way(const Way&) = delete;
  Way& operator=(const Way&) = delete;

  /// Collective. \returns seconds and more, on rank 0
  virtual CommitReport write(int step) = 0;
  virtual void close() = 0;

  void keep(CommitReport commit) { commits_.push_back(std::move(commit)); }
  BenchRow result() {
    std::ranges::sort(commits_, {}, &CommitReport::seconds);
    if (commits_.empty()) return row_;
    row_.typical = commits_[commits_.size() / 2];
    row_.seconds = row_.typical.seconds;
    if (row_.typical.stored_bytes > 0)
      row_.ratio = static_cast<double>(row_.typical.raw_bytes) / static_cast<double>(row_.typical.stored_bytes);
    return row_;
  }

 protected:
  BenchRow row_;

 private:
  std::vector<CommitReport> commits_;
};

/// By a Writer.
class TesseraWay : public Way {
 public:
  TesseraWay(const comm::Communicator& comm, const std::string& path, const BenchRow& row, const BenchField& field,
             const Options& options)
      : Way(row), is_root_(comm.rank() == 0), values_(field), writer_(comm.get(), path, options),
        run_(writer_.run("bench")), field_(run_.field<double>("field", Grid{field.shape()})) {}

  CommitReport write(int step) override {
    Step next = run_.step(step);
    next.put(field_, values_.box(), values_.values(step));
    next.commit();
    return is_root_ ? writer_.report().commits.back() : CommitReport{};
  }
  void close() override { writer_.close(); }

 private:
  bool is_root_;
  const BenchField& values_;
  Writer writer_;
  Run run_;
  Field<double> field_;
};

/// The ranks' bytes side by side into one file, as fast as the file system takes them.
class RawWay : public Way {
 public:
  RawWay(const comm::Communicator& comm, const std::string& path, const BenchRow& row, const BenchField& field,
         bool sync)
      : Way(row), comm_(comm), field_(field), sync_(sync) {
    std::optional<Error> failure;
    if (comm.rank() == 0) attempt(failure, [&] { file_ = storage::create_file(path); });
    comm::conclude(comm, "creating a file", failure);
    if (!file_) attempt(failure, [&] { file_ = storage::open_file(path); });
    comm::conclude(comm, "opening a file", failure);
  }

  CommitReport write(int step) override {
    const auto values = std::as_bytes(std::span(field_.values(step)));
    const std::uint64_t place =
        static_cast<std::uint64_t>(step) * comm_.ranks() + static_cast<std::uint64_t>(comm_.rank());
    std::optional<Error> failure;
    const auto begin = std::chrono::steady_clock::now();
    attempt(failure, [&] {
      file_->write(place * values.size(), values);
      if (sync_) file_->sync();
    });
    comm::conclude(comm_, "writing", failure);
    CommitReport report;
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    report.raw_bytes = report.stored_bytes = values.size() * comm_.ranks();
    report.ranks_that_wrote = comm_.size();
    return report;
  }
  void close() override { file_.reset(); }

 private:
  const comm::Communicator& comm_;
  const BenchField& field_;
  bool sync_;
  std::unique_ptr<storage::File> file_;
};

Options options_of(const BenchRequest& request, const BenchRow& row) {
  Options options{.codec = row.is_compressed ? Codec::deflate(request.level) : Codec::none()};
  options.engine = row.is_stock ? Engine::collective : Engine::direct;
  if (row.chunk_bytes > 0) options.chunk_bytes = row.chunk_bytes;
  options.durability = request.power_safe ? Durability::power_safe : Durability::kill_safe;
  options.report.file = row.is_stock;  // else that engine does not measure
  return options;
}

std::vector<BenchRow> rows_of(const BenchRequest& request) {
  std::vector<BenchRow> rows{{"bytes, nothing else", false, false, 0}};
  if (request.level > 0) {
    for (const std::size_t bytes : {std::size_t{1} << 18, std::size_t{1} << 20, std::size_t{1} << 22})
      rows.push_back({"direct, chunks of " + size_text(bytes), false, true, bytes});
  }
  rows.push_back({"direct, not compressed", false, false, Options{}.chunk_bytes});
#if TESSERA_HAVE_PARALLEL_HDF5
  if (request.level > 0) rows.push_back({"stock HDF5", true, true, Options{}.chunk_bytes});
  rows.push_back({"stock HDF5, not compressed", true, false, Options{}.chunk_bytes});
#endif
  return rows;
}

/// Of commits with next to nothing in them.
double small_commit(const comm::Communicator& comm, const std::string& path, const BenchRequest& request) {
  constexpr int commits = 32;
  Writer writer(comm.get(), path, options_of(request, {"", false, false, 0}));
  Run run = writer.run("bench");
  for (int step = 0; step < commits; ++step) {
    Step next = run.step(step);
    next.scalar("number", step);
    next.commit();
  }
  std::vector<CommitReport> all = writer.report().commits;
  writer.close();
  if (all.empty()) return 0;
  std::ranges::sort(all, {}, &CommitReport::seconds);
  return all[all.size() / 2].seconds;
}

std::string striping_of(const BenchRequest& request, const BenchResults& results) {
  doctor::Target target{request.directory, {}, results.ranks, results.nodes};
  const doctor::Finding finding = doctor::check_striping(target);
  return finding.remedy.empty() ? "" : finding.text + ": " + finding.remedy;
}

}  // namespace

BenchResults measure(const comm::Communicator& comm, const BenchRequest& request) {
  BenchResults results;
  results.directory = request.directory;
  results.ranks = comm.size();
  results.nodes = comm::query_node(comm).nodes;
  results.threads = static_cast<std::size_t>(comm::processors_per_rank(comm));
  results.steps = request.steps;
  const BenchField field(request.size, comm.rank(), comm.size());
  results.step_bytes = field.bytes() * comm.ranks();
  const Directory directory(comm, request.directory);
  std::vector<std::unique_ptr<Way>> ways;
  for (const BenchRow& row : rows_of(request)) {
    const std::string path = directory.file(std::to_string(ways.size()) + ".h5");
    if (row.chunk_bytes == 0) {
      ways.push_back(std::make_unique<RawWay>(comm, path, row, field, request.power_safe));
    } else {
      ways.push_back(std::make_unique<TesseraWay>(comm, path, row, field, options_of(request, row)));
    }
  }
  for (int step = 0; step <= request.steps; ++step) {
    for (std::size_t turn = 0; turn < ways.size(); ++turn) {
      Way& way = *ways[(turn + static_cast<std::size_t>(step)) % ways.size()];  // none is always the first
      CommitReport commit = way.write(step);
      if (step > 0) way.keep(std::move(commit));
    }
  }
  for (const auto& way : ways) {
    way->close();
    results.rows.push_back(way->result());
  }
  results.small_commit_seconds = small_commit(comm, directory.file("small.h5"), request);
  if (comm.rank() == 0) results.striping = striping_of(request, results);
  return results;
}

}  // namespace tessera::tools
