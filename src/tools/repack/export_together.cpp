#include "tools/repack/export_together.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "hdf5/member.hpp"
#include "storage/unfinished.hpp"
#include "tools/common/terminal.hpp"
#include "tools/repack/export_source.hpp"
#include "tools/repack/share_chunks.hpp"

namespace tessera::tools {

namespace {

/// On the terminal of rank 0, a line that goes at the end.
class Progress {
 public:
  explicit Progress(bool is_root) : shows_(is_root && shows_progress()) {}
  ~Progress() {
    if (shows_ && percent_ >= 0) std::fputs("\r\033[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void operator()(double part) {
    const int percent = static_cast<int>(100 * part);
    if (!shows_ || percent == std::exchange(percent_, percent)) return;
    std::fprintf(stderr, "\rrepack: %d %%", percent);
    std::fflush(stderr);
  }

 private:
  bool shows_;
  int percent_ = -1;
};

/// The copy on its way, on one rank.
class Together {
 public:
  Together(const comm::Communicator& comm, const std::string& path, const std::string& out,
           const ExportOptions& options, std::optional<Error> failure)
      : comm_(comm), path_(path), out_(out), options_(options), failure_(std::move(failure)) {}

  ExportReport copy() {
    if (comm_.rank() == 0) attempt_unless(failure_, [&] { plan(); });
    comm::conclude(comm_, "looking at the file", failure_);
    open_files();
    Progress progress(comm_.rank() == 0);
    const SharedChunks shared = share_chunks(comm_, *source_, *file_, tasks_, hdf5::Space::first, std::ref(progress));
    if (comm_.rank() == 0) attempt(failure_, [&] { describe(shared); });
    comm::conclude(comm_, "writing what describes the copy", failure_);
    attempt(failure_, [&] { file_->close(); });
    comm::conclude(comm_, "closing the copy", failure_);
    if (comm_.rank() == 0) attempt(failure_, [&] { publish(); });
    comm::conclude(comm_, "giving the copy its name", failure_);
    return std::move(report_);
  }

 private:
  /// Rank 0 alone looks at the file: all of the copy is of one state of it.
  void plan() {
    check_options(out_, options_);
    plan_ = std::make_unique<ExportSource>(path_, options_);
    report_ = plan_->report();
    for (const ExportPlan::Copy& one : plan_->copies()) {
      auto task = chunk_task(*one.dataset, one.change);
      task_of_.push_back(task ? static_cast<std::ptrdiff_t>(tasks_.size()) : -1);
      if (task) tasks_.push_back(std::move(*task));
    }
    unfinished_ = std::make_unique<storage::Unfinished>(storage::Place{out_, out_});
  }

  /// What rank 0 has found, on all ranks.
  void open_files() {
    const bool is_root = comm_.rank() == 0;
    std::string bytes;
    if (is_root) attempt(failure_, [&] { bytes = to_bytes(tasks_); });
    comm::conclude(comm_, "handing out the work", failure_);
    const std::string name = comm::broadcast_text(comm_, 0, is_root ? unfinished_->path() : "", failure_);
    bytes = comm::broadcast_text(comm_, 0, bytes, failure_);
    std::uint64_t inode = is_root ? plan_->survey().file().inode() : 0;
    inode = comm::broadcast(comm_, 0, inode);
    attempt_unless(failure_, [&] {
      if (!is_root) tasks_ = tasks_of(bytes);
      source_ = std::make_unique<storage::ReadOnlyFile>(path_);
      if (source_->inode() != inode) {
        throw Error(ErrorCode::storage, in_quotes(path_) + " is another file here than on rank 0");
      }
      file_ = is_root ? unfinished_->take_file() : storage::open_file(name, {name, out_});
    });
    comm::conclude(comm_, "opening the files", failure_);
  }

  /// Groups, datasets and attributes, and what has no chunks; then the copy is an HDF5 file.
  void describe(const SharedChunks& shared) {
    hdf5::Space space;
    space.give_back(shared.end);
    hdf5::OwnMember tree(new hdf5::Member(*file_, space));
    tree->driver.set_writable(true);
    tree->work([&] {
      hdf5::ContentExport copy(plan_->survey(), *tree);
      plan_->add_groups(copy);
      for (std::size_t i = 0; i < task_of_.size(); ++i) {
        const ExportPlan::Copy& one = plan_->copies()[i];
        const auto* placed = task_of_[i] < 0 ? nullptr : &shared.of_task[static_cast<std::size_t>(task_of_[i])];
        copy.add_dataset(one.dataset->path, one.target, one.change, placed);
      }
      copy.finish();
    });
    tree->driver.publish();
    hdf5::retire(std::move(tree));
  }

  void publish() {
    report_.bytes_after = std::filesystem::file_size(unfinished_->path());
    unfinished_->publish(options_.overwrite);
  }

  const comm::Communicator& comm_;
  const std::string& path_;
  const std::string& out_;
  const ExportOptions& options_;
  std::optional<Error> failure_;
  std::unique_ptr<ExportSource> plan_;
  std::vector<ChunkTask> tasks_;
  std::vector<std::ptrdiff_t> task_of_;  ///< by the number of the copy; -1: none
  std::unique_ptr<storage::Unfinished> unfinished_;
  std::unique_ptr<storage::ReadOnlyFile> source_;
  std::unique_ptr<storage::File> file_;
  ExportReport report_;
};

}  // namespace

ExportReport export_together(const comm::Communicator& comm, const std::string& path, const std::string& out,
                             const ExportOptions& options, std::optional<Error> failure) {
  return Together(comm, path, out, options, std::move(failure)).copy();
}

}  // namespace tessera::tools
