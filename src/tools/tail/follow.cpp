#include "tools/tail/follow.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/find.hpp"
#include "tools/common/input.hpp"
#include "tools/common/json.hpp"
#include "tools/tail/step_lines.hpp"

namespace tessera::tools {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// The last one that has steps; nullptr: none.
const schema::StoredRun* last_run(const schema::Contents& contents) {
  const schema::StoredRun* last = nullptr;
  for (const auto& run : contents.runs) {
    if (run.has_time && !run.times.empty()) last = &run;
  }
  return last;
}

/// A file that grows, or is not there yet.
class Growing {
 public:
  /// \param run empty: the last one
  Growing(std::string path, std::string run) : path_(std::move(path)), run_(std::move(run)) {}

  /// What is in it, where that may be more than what was returned before; else nullptr.
  /// \throws Error where it cannot be read
  std::unique_ptr<schema::Contents> news() {
    if (file_ && file_->is_current() && has_its_name()) return nullptr;
    file_ = nullptr;
    std::unique_ptr<hdf5::InputFile> file(new hdf5::InputFile(open_input(path_)));  // which is never moved
    try {
      auto contents = std::make_unique<schema::Contents>(contents_of(*file));
      file_ = std::move(file);
      return contents;
    } catch (const Error&) {
      // A tree that was taken back while it was read is followed by another one.
      if (!file->is_current()) return nullptr;
      throw;
    }
  }

 private:
  bool has_its_name() const {
    struct stat info {};
    return ::stat(path_.c_str(), &info) == 0 && static_cast<std::uint64_t>(info.st_ino) == file_->inode();
  }

  /// Of one run, since there may be thousands.
  schema::Contents contents_of(hdf5::InputFile& file) const {
    std::string run = run_;
    if (run.empty()) run = file.contents([](const std::string&) { return false; }).runs.back().run.path;
    schema::Contents contents = file.contents([&](const std::string& group) { return leads_to(group, run); });
    if (run_.empty() && last_run(contents) == nullptr) return file.contents();
    return contents;
  }

  std::string path_;
  std::string run_;
  std::unique_ptr<hdf5::InputFile> file_;
};

class Follower {
 public:
  explicit Follower(const TailRequest& request)
      : request_(request), growing_(request.file, request.run), lines_(request.json) {}

  int run() {
    while (true) {
      const WriterState state = writer_state(request_.file);  // before the look, so that nothing is missed
      look();
      if (has_begun_ && request_.once) return good;
      if (has_begun_ || seconds_since(begin_) >= request_.wait) {
        if (state == WriterState::closed && !request_.keep) return good;
        if (state == WriterState::left && !request_.keep) return tell_left();
      }
      if (request_.limit && seconds_since(begin_) >= *request_.limit) return good;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

 private:
  /// Errors count when the time to wait is over: until then the file may be about to be made.
  void look() {
    try {
      const auto contents = growing_.news();
      if (contents) print_news(*contents);
    } catch (const Error&) {
      if (has_begun_ || seconds_since(begin_) >= request_.wait) throw;
    }
  }

  const schema::StoredRun* run_in(const schema::Contents& contents) const {
    return request_.run.empty() ? last_run(contents) : find(contents, request_.run).run;
  }

  void print_news(const schema::Contents& contents) {
    const schema::StoredRun* run = run_in(contents);
    if (run == nullptr || (run->times.empty() && !has_begun_)) return;
    const auto steps = static_cast<std::int64_t>(run->times.size());
    const bool is_first = !has_begun_;
    if (is_first || run->run.path != path_) {
      print(lines_.title(*run));
      path_ = run->run.path;
      next_ = is_first ? std::max<std::int64_t>(steps - request_.lines, 0) : 0;
    } else if (steps < next_) {  // dropped by a job that goes on from before
      next_ = steps;
    }
    std::optional<double> seconds;
    if (!is_first && steps > next_) seconds = seconds_since(last_) / static_cast<double>(steps - next_);
    for (; next_ < steps; ++next_) print(lines_.line(*run, next_, seconds));
    last_ = Clock::now();
    has_begun_ = has_begun_ || steps > 0;
  }

  int tell_left() const {
    std::fprintf(stderr,
                 "tessera: %s was not closed, and no job on this node writes it: the job was killed, or ended\n",
                 in_quotes(request_.file).c_str());
    return findings;
  }

  const TailRequest& request_;
  Growing growing_;
  StepLines lines_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_ = begin_;  ///< when the last step was seen
  std::string path_;                 ///< of the run that is followed
  std::int64_t next_ = 0;            ///< step to print
  bool has_begun_ = false;           ///< there was a step
};

}  // namespace

int follow(const TailRequest& request) { return Follower(request).run(); }

}  // namespace tessera::tools
