#include "hdf5/runs.hpp"

#include <algorithm>
#include <iterator>

namespace tessera::hdf5 {

namespace {

struct PathOf {
  template <class Operation>
  const std::string& operator()(const Operation& operation) const {
    return operation.path;
  }
  const std::string& operator()(const schema::AttachScales& operation) const { return operation.dataset; }
};

const std::string& path_of(const schema::Operation& operation) { return std::visit(PathOf{}, operation); }
const std::string& path_of(const schema::SetLength& operation) { return operation.path; }
const std::string& path_of(const schema::WriteValues& operation) { return operation.path; }
const std::string& path_of(const PlacedChunks& chunks) { return chunks.dataset; }

}  // namespace

std::string_view run_of(std::string_view path) { return path.substr(0, path.find('/', 1)); }

Changes::Changes(const Record& record) {
  Names in_root;  // datasets there are no runs; what is said of one comes with the operation that makes it
  const auto note = [&](const std::string& path) {
    const std::string run(run_of(path));
    const bool is_run = run != "/" && (path.size() > run.size() || !in_root.contains(run));
    if (std::ranges::find(made, run) != made.end()) return true;
    if (is_run) others.insert(run);
    return false;
  };
  for (const schema::Operation& operation : record.definitions) {
    const auto* group = std::get_if<schema::CreateGroup>(&operation);
    if (group != nullptr && run_of(group->path) == group->path) {
      made.push_back(group->path);
      continue;
    }
    const std::string& path = path_of(operation);
    const bool is_length =
        std::holds_alternative<schema::SetLength>(operation) || std::holds_alternative<schema::CutSteps>(operation);
    if (is_length && run_of(path) == path) continue;  // a dataset in the root
    if (std::holds_alternative<schema::CreateDataset>(operation) && run_of(path) == path) in_root.insert(path);
    if (note(path)) continue;
    defined.insert(std::string(run_of(path)));
    defines_late = defines_late || !made.empty();
  }
  const auto note_all = [&](const auto& list) {
    for (const auto& one : list) {
      if (run_of(path_of(one)) != path_of(one)) note(path_of(one));  // others are datasets in the root
    }
  };
  note_all(record.begin);
  note_all(record.chunks);
  note_all(record.finish);
}

Record without(const Record& record, const Names& runs) {
  Record rest;
  const auto take = [&](const auto& from, auto& to) {
    std::ranges::copy_if(from, std::back_inserter(to),
                         [&](const auto& one) { return !runs.contains(run_of(path_of(one))); });
  };
  take(record.definitions, rest.definitions);
  take(record.begin, rest.begin);
  take(record.chunks, rest.chunks);
  take(record.finish, rest.finish);
  return rest;
}

}  // namespace tessera::hdf5
