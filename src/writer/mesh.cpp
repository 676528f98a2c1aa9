#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "schema/names.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/mesh_numbering.hpp"
#include "writer/mesh_part.hpp"
#include "writer/mesh_values.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// Unstructured meshes: numbered by all ranks together, and written as static fields.

namespace tessera {

std::int64_t MeshSpace::size() const noexcept { return entry_ ? entry_->axis.length : 0; }
std::int64_t MeshSpace::own() const noexcept { return entry_ ? entry_->own : 0; }
MeshSpace Mesh::nodes() const { return entry_ ? MeshSpace(entry_->nodes) : MeshSpace(); }
MeshSpace Mesh::cells() const { return entry_ ? MeshSpace(entry_->cells) : MeshSpace(); }

Attributes flags(const std::vector<std::pair<int, std::string>>& names) {
  std::vector<std::int32_t> values;
  std::string meanings;
  for (const auto& [value, name] : names) {
    values.push_back(value);
    std::string word = name;
    std::ranges::replace(word, ' ', '_');
    meanings += (meanings.empty() ? "" : " ") + word;
  }
  return {{"flag_values", values}, {"flag_meanings", meanings}};
}

namespace detail {

namespace {

std::shared_ptr<const MeshSpaceEntry> space_of(const comm::Communicator& comm, const RunEntry& run,
                                               const std::shared_ptr<const schema::MeshDescription>& mesh,
                                               Location location, const Numbering& numbering) {
  auto space = std::make_shared<MeshSpaceEntry>();
  space->run = &run;
  space->mesh = mesh;
  space->location = location;
  space->axis = location == Location::point ? schema::nodes_axis(*mesh) : schema::cells_axis(*mesh);
  space->own = static_cast<std::int64_t>(numbering.positions.size());
  space->stored = Box{{numbering.begin(comm.rank())}, {numbering.end(comm.rank())}};
  space->begins = numbering.begins;
  space->redistribution = numbering.redistribution;
  return space;
}

/// The same on every rank.
void require_some(std::int64_t count, const char* what) {
  if (count > 0) return;
  throw made_error(ErrorCode::invalid_argument, {}, [&] {
    return Error(ErrorCode::invalid_argument, std::string("no rank gave any ") + what + "; a mesh has nodes and cells");
  });
}

void check_mesh_options(const std::string& mesh, const MeshOptions& options) {
  if (options.version < 0) {
    throw Error(ErrorCode::invalid_argument, mesh + ": MeshOptions::version is " + std::to_string(options.version) +
                                                 "; versions count from 1, and 0 is a mesh that stays");
  }
  if (!options.position.empty()) schema::check_name("field", options.position);
}

template <class T>
AnyArray taken(std::vector<T>& values) {
  return any_array<T>(std::move(values));
}

/// This rank's part of a dataset, and where it goes.
std::pair<Box, AnyArray> part_of(const schema::MeshArray& array, MeshValues& values, int rank) {
  using Content = schema::MeshArray::Content;
  switch (array.content) {
    case Content::topology: {
      std::vector<std::int32_t> one(rank == 0 ? 1 : 0, 0);
      return {rank == 0 ? Box{{0}, {1}} : Box{{0}, {0}}, taken(one)};
    }
    case Content::coordinate:
      return {values.nodes, taken(values.coordinates.at(static_cast<std::size_t>(array.number)))};
    case Content::table: return {values.cells, taken(values.table)};
    case Content::types: return {values.cells, taken(values.types)};
    case Content::offsets: return {values.offsets, taken(values.begins)};
    case Content::list: return {values.list, taken(values.connectivity)};
  }
  return {};
}

}  // namespace

std::shared_ptr<MeshEntry> WriterState::add_mesh(RunEntry& run, const std::string& name, const MeshPart& part,
                                                 const MeshOptions& options) {
  MeshValues values;
  std::shared_ptr<schema::MeshDescription> mesh;
  std::shared_ptr<MeshEntry> entry;
  schema::Catalog before;
  schema::Catalog next;
  const std::string described = "mesh " + in_quotes(name);
  const auto call = [&] { return "mesh(" + in_quotes(name) + " of " + run.described() + ")"; };
  together("Run::mesh", call, [&] {
    std::optional<OwnPart> own;
    agree([&] { return mesh_text(run, name, options); },
          [&] {
            const auto open = run.open.lock();
            if (open && !open->over) {
              throw Error(ErrorCode::wrong_order,
                          "a step of " + run.described() + " is open; commit it before Run::mesh, which is a commit");
            }
            check_mesh_options(described, options);
            schema::check_mesh_name(run.group(), name, options.version);
            mesh = std::make_shared<schema::MeshDescription>();
            mesh->name = schema::name_in_version(name, options.version);
            mesh->base = name;
            mesh->options = options;
            if (options.version > 0) schema::Catalog(catalog_).use_version(run.number, name, options.version);
            entry = std::make_shared<MeshEntry>();
            own.emplace(described, part, options);
          });
    in_context(call(), [&] {
      const Numbering nodes =
          numbering_of(comm_, {described, "node", own->nodes(), part.node_ids, part.coordinates, true});
      const Numbering cells = numbering_of(comm_, {described, "cell", own->cells(), part.cell_ids, {}, false});
      mesh->nodes = nodes.count();
      mesh->cells = cells.count();
      require_some(mesh->nodes, "nodes");
      require_some(mesh->cells, "cells");
      values = values_of(comm_, *own, nodes, cells, *mesh);
      std::optional<Error> failure;
      attempt(failure, [&] {
        entry->nodes = space_of(comm_, run, mesh, Location::point, nodes);
        entry->cells = space_of(comm_, run, mesh, Location::cell, cells);
        values.arrays = schema::arrays_of(*mesh, *run.group().run, options_.codec);
        values.entries.reserve(values.arrays.size());
        before = catalog_;
        next = catalog_;
        if (options.version > 0) next.use_version(run.number, name, options.version);
      });
      comm::conclude(comm_, "memory for a mesh", failure);
      keep(std::move(next));
    });
  });
  const std::size_t fields = run.fields.size();
  try {
    store_mesh(run, values, options.version > 0);
  } catch (...) {
    // Its names are free again, so that it can be made once more.
    if (!engine_ || engine_->keeps_definitions()) throw;
    catalog_ = std::move(before);
    run.fields.resize(fields);
    run.plans.forget();  // they go by the fields' numbers
    throw;
  }
  return entry;
}

/// One commit, unless the mesh is in the file already: then its attribute `digest` says that it is the same. A version
/// comes with the first commit that needs it, so that a job which ends before leaves nothing of it.
void WriterState::store_mesh(RunEntry& run, MeshValues& values, bool is_version) {
  for (const schema::MeshArray& array : values.arrays) values.entries.push_back(add_mesh_array(run, array));
  if (values.entries.front()->record().written) return;
  if (is_version) {
    std::optional<Error> failure;
    std::vector<MeshPut> puts;
    attempt(failure, [&] {
      for (std::size_t i = 0; i < values.arrays.size(); ++i) {
        auto [box, memory] = part_of(values.arrays[i], values, comm_.rank());
        puts.push_back({values.entries[i], box, std::move(memory)});
      }
      run.awaited.reserve(run.awaited.size() + puts.size());
    });
    comm::conclude(comm_, "memory for a mesh", failure);
    std::ranges::move(puts, std::back_inserter(run.awaited));
    return;
  }
  const auto step = begin_step(run, std::nullopt);
  for (std::size_t i = 0; i < values.arrays.size(); ++i) {
    attempt(noted_, [&] {
      auto [box, memory] = part_of(values.arrays[i], values, comm_.rank());
      put(step.get(), values.entries[i].get(), &box, std::move(memory));
    });
  }
  commit(step.get(), true);
}

/// Meshes that come into the file with this step, once each: it may be committed again.
void WriterState::put_awaited(StepEntry& step) {
  const std::vector<MeshPut>& awaited = step.run->awaited;
  while (step.meshes_put < awaited.size()) {
    const MeshPut& next = awaited[step.meshes_put++];
    attempt(step.noted, [&] { put(&step, next.field.get(), &next.box, next.array); });
  }
}

}  // namespace detail

}  // namespace tessera
