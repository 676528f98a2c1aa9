#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "schema/contents.hpp"

namespace tessera::tools {

/// A line for each step of a run, as text in columns or as JSON.
class StepLines {
 public:
  explicit StepLines(bool json) : json_(json) {}

  /// The run's name, and the columns' titles; nothing in JSON.
  std::string title(const schema::StoredRun& run) const;
  /// \param seconds between the commit before and this one, where that was seen
  std::string line(const schema::StoredRun& run, std::int64_t step, std::optional<double> seconds) const;

 private:
  bool json_;
};

}  // namespace tessera::tools
