#include "tools/common/find.hpp"

#include <vector>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "tools/common/table.hpp"

namespace tessera::tools {

namespace {

/// "a, b, c and 12 more"
std::string few(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i > 0 ? ", " : "") + printable(names[i]);
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return names.empty() ? "none" : text;
}

std::vector<std::string> names_in(const schema::StoredRun& run) {
  std::vector<std::string> names;
  for (const auto& field : run.fields) names.push_back(field.field.name);
  for (const auto& scalar : run.scalars) names.push_back(scalar.name);
  return names;
}

std::vector<std::string> names_in(const schema::Contents& contents) {
  std::vector<std::string> names;
  for (const auto* run : runs_of(contents)) names.push_back(run->run.name);
  return names;
}

/// What is in a run; `run` alone where there is none of that name.
Found member(const schema::StoredRun& run, std::string_view name) {
  Found found;
  found.run = &run;
  found.field = run.field(name);
  if (found.field == nullptr) found.scalar = run.scalar(name);
  const bool is_axis = run.is_time_axis(name) || axis_named(run, name) != nullptr;
  if (found.field == nullptr && found.scalar == nullptr && is_axis) found.axis = name;
  return found;
}

/// Around it.
std::string_view without_slashes(std::string_view name) {
  while (name.size() > 1 && name.starts_with('/')) name.remove_prefix(1);
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  return name;
}

bool is_member(const Found& found) { return found.field != nullptr || found.scalar != nullptr || !found.axis.empty(); }

}  // namespace

const schema::Axis* axis_named(const schema::StoredRun& run, std::string_view name) noexcept {
  for (const auto& field : run.fields) {
    for (const auto& axis : field.field.axes) {
      if (axis.name == name) return &axis;
    }
  }
  return nullptr;
}

std::vector<const schema::StoredRun*> runs_of(const schema::Contents& contents) {
  std::vector<const schema::StoredRun*> runs;
  for (const auto& run : contents.runs) {
    const bool is_empty_root = run.run.path == "/" && run.fields.empty() && run.scalars.empty() && !run.has_time;
    if (!is_empty_root || contents.runs.size() == 1) runs.push_back(&run);
  }
  return runs;
}

bool leads_to(const std::string& group, std::string_view name) {
  return ("/" + std::string(without_slashes(name)) + "/").starts_with(group + "/");
}

Found find(const schema::Contents& contents, std::string_view name) {
  const std::string_view asked = name;
  name = without_slashes(name);
  if (const auto* run = contents.run(name)) return {run, nullptr, nullptr, {}};
  const std::size_t slash = name.rfind('/');
  const bool in_root = slash == name.npos;
  const auto* run = contents.run(in_root ? "/" : name.substr(0, slash));
  if (run != nullptr) {
    Found found = member(*run, in_root ? name : name.substr(slash + 1));
    if (is_member(found)) return found;
  }
  if (run == nullptr || in_root) {
    throw Error(ErrorCode::not_found, "the file has no " + std::string(in_root ? "run " : "") + in_quotes(asked) +
                                          "; its runs: " + few(names_in(contents)));
  }
  throw Error(ErrorCode::not_found, run->described() + " has no field, scalar or axis " +
                                        in_quotes(name.substr(slash + 1)) + "; it has: " + few(names_in(*run)));
}

}  // namespace tessera::tools
