#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/contents.hpp"
#include "tools/common/input.hpp"

namespace tessera::tools {

struct Range {
  double minimum = 0;
  double maximum = 0;
};

struct ListedField {
  const schema::StoredField* field = nullptr;
  double raw_bytes = 0;                ///< of all steps that there are, not compressed
  std::optional<double> stored_bytes;  ///< of its chunks; nothing where that was not asked for
  std::size_t files = 0;               ///< others in which a virtual dataset has its values
  std::optional<Range> range;          ///< of all steps; nothing where the file has no statistics of it
};

struct ListedRun {
  const schema::StoredRun* run = nullptr;
  std::vector<ListedField> fields;
  std::vector<const schema::StoredScalar*> scalars;
};

/// What `tessera ls` shows of a file.
struct Listing {
  std::string file;
  double bytes = 0;
  WriterState state = WriterState::closed;
  schema::Contents contents;    ///< what the pointers of `runs` lead to
  std::vector<ListedRun> runs;  ///< those that were asked for, in the file's order
  std::size_t all_runs = 0;     ///< those of the file
  bool is_summary = false;      ///< a line for each run, since there are many
  std::size_t left_out = 0;     ///< of a summary: runs that were not read, between the first and the last ones
  std::size_t left_out_at = 0;  ///< where in `runs` they belong
};

struct ListRequest {
  std::string file;
  std::vector<std::string> names;  ///< runs, "run/field", shell patterns of both; empty: all
  bool one_by_one = false;         ///< never a summary
  bool all = false;                ///< in a summary all runs, else as many as a screen has room for
};

/// Looks at the file. \throws Error as open_input does; not_found for a name that matches nothing
Listing list(const ListRequest& request);

/// Whether a name of the command line has characters of a shell pattern.
bool is_pattern(const std::string& name);

}  // namespace tessera::tools
