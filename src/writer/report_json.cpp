#include "writer/report_json.hpp"

#include <concepts>

#include "base/json_string.hpp"
#include "base/stages.hpp"
#include "base/text.hpp"

namespace tessera::detail {

namespace {

std::string json_of(std::integral auto number) { return std::to_string(number); }
std::string json_of(double number) { return exact(number); }
std::string json_of(const std::string& text) { return json_string(text); }
std::string json_of(const StageSeconds& seconds);
std::string json_of(const WriteRequests& requests);
std::string json_of(const SlowestRank& slowest);
std::string json_of(const CommitReport& commit);

/// Built member by member.
class Object {
 public:
  template <class Value>
  Object& add(const char* name, const Value& value) {
    return add_json(name, json_of(value));
  }
  Object& add_json(const char* name, const std::string& json) {
    text_ += (text_.empty() ? "" : ", ") + json_string(name) + ": " + json;
    return *this;
  }
  std::string json() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string json_of(const StageSeconds& seconds) {
  Object object;
  for (const NamedStage& stage : stages) object.add(stage.name, seconds.*stage.seconds);
  return object.json();
}

std::string json_of(const WriteRequests& requests) {
  return Object()
      .add("count", requests.count)
      .add("small", requests.small)
      .add("aligned", requests.aligned)
      .add("smallest", requests.smallest)
      .add("largest", requests.largest)
      .add("mean", requests.mean)
      .add("smallest_mean", requests.smallest_mean)
      .json();
}

std::string json_of(const SlowestRank& slowest) {
  return Object()
      .add("rank", slowest.rank)
      .add("host", slowest.host)
      .add("seconds", slowest.seconds)
      .add("imbalance", slowest.imbalance)
      .json();
}

std::string json_of(const CommitReport& commit) {
  return Object()
      .add("number", commit.number)
      .add("run", commit.run)
      .add("step", commit.step)
      .add("seconds", commit.seconds)
      .add("raw_bytes", commit.raw_bytes)
      .add("stored_bytes", commit.stored_bytes)
      .add("requests", commit.requests)
      .add("ranks_that_wrote", commit.ranks_that_wrote)
      .add("mean", commit.mean)
      .add("longest", commit.longest)
      .add("slowest", commit.slowest)
      .json();
}

}  // namespace

std::string json_of(const Report& report) {
  std::string commits;
  for (const CommitReport& commit : report.commits) commits += (commits.empty() ? "\n" : ",\n") + json_of(commit);
  return Object()
             .add("path", report.path)
             .add("engine", report.engine)
             .add("ranks", report.ranks)
             .add("total", report.total)
             .add("longest", report.longest)
             .add_json("commits", "[" + commits + "]")
             .json() +
         "\n";
}

}  // namespace tessera::detail
