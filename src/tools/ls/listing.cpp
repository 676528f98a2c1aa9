#include "tools/ls/listing.hpp"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <tessera/error.hpp>
#include <tessera/statistics.hpp>

#include "base/text.hpp"
#include "tools/common/find.hpp"

namespace tessera::tools {

namespace {

/// More runs than these get a line each.
constexpr std::size_t most_runs_in_full = 4;

// Of a summary that would be longer than a screen.
constexpr std::size_t shown_first = 12;
constexpr std::size_t shown_last = 3;

ListedField listed(const schema::StoredField& field) {
  ListedField result;
  result.field = &field;
  result.raw_bytes = static_cast<double>(field.field.cell_bytes());
  for (const std::int64_t extent : field.field.shape()) result.raw_bytes *= static_cast<double>(extent);
  if (field.field.time_dependent) result.raw_bytes *= static_cast<double>(field.steps);
  return result;
}

ListedRun listed(const schema::StoredRun& run) {
  ListedRun result;
  result.run = &run;
  for (const auto& field : run.fields) result.fields.push_back(listed(field));
  for (const auto& scalar : run.scalars) result.scalars.push_back(&scalar);
  return result;
}

ListedRun listed(const Found& found) {
  if (found.field == nullptr && found.scalar == nullptr) return listed(*found.run);
  ListedRun result;
  result.run = found.run;
  if (found.field != nullptr) result.fields.push_back(listed(*found.field));
  if (found.scalar != nullptr) result.scalars.push_back(found.scalar);
  return result;
}

bool matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

/// Of a run what matches: all of it, or single fields and scalars.
ListedRun matching(const schema::StoredRun& run, std::string pattern) {
  if (pattern.starts_with('/') && pattern.size() > 1) pattern.erase(0, 1);
  if (matches(pattern, run.run.name)) return listed(run);
  const std::string before = run.run.path == "/" ? "" : run.run.name + "/";
  ListedRun result;
  result.run = &run;
  for (const auto& field : run.fields) {
    if (matches(pattern, before + field.field.name)) result.fields.push_back(listed(field));
  }
  for (const auto& scalar : run.scalars) {
    if (matches(pattern, before + scalar.name)) result.scalars.push_back(&scalar);
  }
  return result;
}

void add_matching(const std::string& pattern, Listing& listing) {
  const std::size_t before = listing.runs.size();
  for (const auto* run : runs_of(listing.contents)) {
    ListedRun found = matching(*run, pattern);
    const bool is_whole = matches(pattern, run->run.name);
    if (is_whole || !found.fields.empty() || !found.scalars.empty()) listing.runs.push_back(std::move(found));
  }
  if (listing.runs.size() == before) {
    throw Error(ErrorCode::not_found, "nothing in " + in_quotes(listing.file) + " matches " + in_quotes(pattern));
  }
}

/// Without the hole behind the content of a file that was not closed.
double bytes_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return 0;
  constexpr double block = 512;
  return std::min(static_cast<double>(info.st_size), static_cast<double>(info.st_blocks) * block);
}

/// As the writer has kept it: the values are not read.
std::optional<Range> range_of(hdf5::InputFile& file, const schema::StoredRun& run, const schema::Field& field) {
  const schema::StatisticsTable* table = run.statistics_of(field.name);
  if (table == nullptr) return std::nullopt;
  const ValueStatistics all = file.statistics(*table, field.name, std::ssize(run.times_of(table->time_axis))).of_all();
  if (!all.known || all.count == 0) return std::nullopt;
  return Range{all.minimum, all.maximum};
}

void choose_runs(const ListRequest& request, Listing& listing) {
  if (request.names.empty()) {
    for (const auto* run : runs_of(listing.contents)) listing.runs.push_back(listed(*run));
  }
  for (const std::string& name : request.names) {
    if (is_pattern(name) && listing.contents.run(name) == nullptr) {
      add_matching(name, listing);
    } else {
      listing.runs.push_back(listed(find(listing.contents, name)));
    }
  }
  listing.is_summary = !request.one_by_one && listing.runs.size() > most_runs_in_full;
}

/// Of many runs only those are read that are shown: the first and the last ones.
void read_few(hdf5::InputFile& file, const std::vector<const schema::StoredRun*>& runs, Listing& listing) {
  std::set<std::string> shown;
  for (std::size_t i = 0; i < shown_first; ++i) shown.insert(runs[i]->run.path);
  for (std::size_t i = runs.size() - shown_last; i < runs.size(); ++i) shown.insert(runs[i]->run.path);
  listing.contents = file.contents([&](const std::string& group) { return shown.contains(group); });
  for (const auto* run : runs_of(listing.contents)) {
    if (shown.contains(run->run.path)) listing.runs.push_back(listed(*run));
  }
  listing.is_summary = true;
  listing.left_out = runs.size() - listing.runs.size();
  listing.left_out_at = shown_first;
}

void read_contents(hdf5::InputFile& file, const ListRequest& request, Listing& listing) {
  const schema::Contents names = file.contents([](const std::string&) { return false; });
  const auto runs = runs_of(names);
  listing.all_runs = runs.size();
  const bool shows_few = request.names.empty() && !request.one_by_one && !request.all;
  if (shows_few && runs.size() > shown_first + shown_last + 1) return read_few(file, runs, listing);
  const bool has_patterns = request.names.empty() || std::ranges::any_of(request.names, is_pattern);
  listing.contents = file.contents([&](const std::string& group) {
    return has_patterns ||
           std::ranges::any_of(request.names, [&](const std::string& name) { return leads_to(group, name); });
  });
  choose_runs(request, listing);
}

}  // namespace

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != name.npos; }

Listing list(const ListRequest& request) {
  hdf5::InputFile file = open_input(request.file);
  Listing listing;
  listing.file = request.file;
  listing.state = writer_state(request.file);
  listing.bytes = bytes_of(request.file);
  read_contents(file, request, listing);
  if (listing.is_summary) return listing;
  for (ListedRun& run : listing.runs) {
    for (ListedField& field : run.fields) {
      field.stored_bytes = static_cast<double>(file.stored_bytes(field.field->field));
      field.files = file.files_of(field.field->field).size();
      field.range = range_of(file, *run.run, field.field->field);
    }
  }
  return listing;
}

}  // namespace tessera::tools
