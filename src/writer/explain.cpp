#include <cmath>
#include <utility>

#include "base/affinity.hpp"
#include "base/filters.hpp"
#include "base/text.hpp"
#include "writer/state.hpp"

namespace tessera::detail {

namespace {

std::string line_of(const FieldEntry& field) {
  const schema::Field& description = field.description();
  std::string text = description.path + ": " + to_string(description.stored) + " " + to_string(description.shape());
  if (description.given != description.stored) text += std::string(" (given as ") + to_string(description.given) + ")";
  if (description.components > 1) text += " x " + std::to_string(description.components) + " components";
  if (description.time_dependent) text += " per step";
  if (!field.choice) return text + "; chunks are chosen at the first commit that has data of it\n";
  text += "; " + std::to_string(field.choice->chunks) + " chunks of " + to_string(description.chunk) + " = " +
          size_text(field.choice->chunk_bytes) + ", " + std::to_string(field.choice->shared_chunks) +
          " shared by ranks; " + describe_filters(*description.codec, size_of(description.stored)) +
          "\n    why: " + field.choice->reason + "\n";
  return text;
}

/// With three digits: "0.125 s".
std::string seconds_text(double seconds) { return exact(std::round(seconds * 1000) / 1000) + " s"; }

/// How many there are, and where they may run: "2 threads on processors 0-1".
std::string threads_text(const pipeline::Statistics& statistics) {
  std::string text = std::to_string(statistics.threads) + (statistics.threads == 1 ? " thread" : " threads");
  text += " on processors " + tessera::to_text(allowed_cpus());
  if (count_of(statistics.output_cpus) > 0) {
    text += " (behind the simulation: " + tessera::to_text(statistics.output_cpus) + ")";
  }
  return text;
}

/// "; 12 requests of 2.1 MiB on average"
std::string requests_text(const pipeline::Statistics& statistics) {
  const std::uint64_t count = statistics.requests;
  if (count == 0) return "";
  return "; " + std::to_string(count) + (count == 1 ? " request of " : " requests of ") +
         size_text(statistics.stored_bytes / count) + (count == 1 ? "" : " on average");
}

/// What this rank did so far, and how long it took.
std::string report_of(const pipeline::Statistics& statistics) {
  std::string text = "\n    this rank: " + size_text(statistics.raw_bytes) + " stored as " +
                     size_text(statistics.stored_bytes) + ", at most " + size_text(statistics.peak_bytes) +
                     " of memory beside the arrays, " + threads_text(statistics) + ", " +
                     std::to_string(statistics.rounds) + (statistics.rounds == 1 ? " round" : " rounds") +
                     requests_text(statistics) + "\n    time:";
  const std::pair<const char*, double> stages[] = {
      {" exchange ", statistics.exchange}, {", encode ", statistics.encode}, {", place ", statistics.place},
      {", write ", statistics.write},      {", sync ", statistics.sync},     {", publish ", statistics.publish}};
  for (const auto& [name, seconds] : stages) text += name + seconds_text(seconds);
  if (statistics.copy + statistics.hidden + statistics.blocked > 0) {
    text += "\n    without waiting: copy " + seconds_text(statistics.copy) + ", hidden " +
            seconds_text(statistics.hidden) + ", blocked " + seconds_text(statistics.blocked);
  }
  return text + "\n    space in the file ahead of time: " + size_text(statistics.space_left) +
         (statistics.shares_space ? ", of all ranks of this node" : "");
}

}  // namespace

std::string WriterState::explain() const {
  const std::size_t flying = in_flight();  // once: a thread may publish meanwhile
  std::string text = path_ + ": " + (engine_ ? engine_->name() : "closed,") + " engine, " +
                     std::to_string(comm_.size()) + (comm_.size() == 1 ? " rank" : " ranks") + ", " +
                     std::to_string(flying > 0 ? committed_ : committed()) + " commits";
  if (flying > 0) text += ", " + std::to_string(flying) + " in flight";
  const std::string storage = engine_ ? engine_->storage_text() : "";
  if (!storage.empty()) text += "\n    " + storage;
  if (is_publishing()) text += report_of(statistics_);
  else if (engine_ && engine_->statistics() != nullptr) text += report_of(*engine_->statistics());
  std::size_t plans = 0;
  for (const auto& run : runs_) plans += run->plans.memory();
  if (plans > 0) text += "\n    plans: " + size_text(plans) + " on this rank";
  text += "\n";
  if (engine_) {
    if (!catalog_.doubt().empty()) text += "    warning: " + catalog_.doubt() + "\n";
    for (const std::string& warning : engine_->warnings()) text += "    warning: " + warning + "\n";
  }
  for (const auto& run : runs_) {
    for (const auto& field : run->fields) text += line_of(*field);
  }
  return text;
}

}  // namespace tessera::detail
