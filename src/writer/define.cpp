#include <cmath>
#include <cstdio>

#include "base/text.hpp"
#include "schema/places.hpp"
#include "writer/common_grid.hpp"
#include "writer/define_field.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The collective definitions: runs, fields, attributes, scalars. Each works on a copy of the catalog, and on an entry
/// of its own, before all ranks agree; what comes after that cannot fail.

namespace tessera::detail {

std::shared_ptr<RunEntry> WriterState::add_run(const std::string& name, const Attributes& parameters,
                                               const RunOptions& options) {
  return together(
      "Writer::run", [&] { return "run(" + in_quotes(name) + ")"; },
      [&] {
        schema::Catalog next;
        std::shared_ptr<RunEntry> run;
        agree([&] { return run_text(name, parameters, options); },
              [&] {
                next = catalog_;
                const int number = next.add_run(name, parameters, options);
                run = std::make_shared<RunEntry>();
                run->writer = this;
                run->number = number;
                make_room(runs_);
              });
        keep(std::move(next));
        const auto number = static_cast<std::size_t>(run->number);
        engine_->expect_steps(run->group().run->path);
        if (number < runs_.size()) return runs_[number];  // it was there
        runs_.push_back(run);
        return run;
      });
}

std::shared_ptr<RunEntry> WriterState::root(const Attributes& parameters, const RunOptions& options) {
  return together(
      "Writer::root", [] { return "root()"; },
      [&] {
        schema::Catalog next;
        agree([&] { return run_text("/", parameters, options); },
              [&] {
                next = catalog_;
                next.extend_root(parameters, options);
              });
        keep(std::move(next));
        return runs_.front();
      });
}

std::shared_ptr<FieldEntry> WriterState::add_field(RunEntry& run, const std::string& name, const Grid& grid,
                                                   FunctionRef<FieldRequest()> make_request) {
  FieldRequest request;
  Grid known;
  const auto what = [&] {
    request = make_request();
    known = grid;
    return field_text(run, name, grid, request);
  };
  const auto describe = [&](schema::Catalog& next) {
    next.add_mapping(run.number, known.options.mapping);
    schema::Field field = schema::describe(*run.group().run, name, known, request, options_.codec);
    schema::tie_to_grid(next.group(run.number), known, field);
    return std::pair(std::move(field), request.options.codec.has_value());
  };
  return define_field(run, name, what, describe, schema::has_values(grid) ? &known : nullptr);
}

std::shared_ptr<FieldEntry> WriterState::add_mesh_field(RunEntry& run, const std::string& name,
                                                        const std::shared_ptr<const MeshSpaceEntry>& space,
                                                        FunctionRef<FieldRequest()> make_request) {
  FieldRequest request;
  const auto what = [&] {
    request = make_request();
    return mesh_field_text(run, name, space.get(), request);
  };
  auto field = define_field(run, name, what, [&](schema::Catalog&) {
    if (space == nullptr || space->run != &run) {
      throw Error(ErrorCode::wrong_order, "the field " + in_quotes(name) + " of " + run.described() +
                                              " is declared on a mesh that is not of this run; take the nodes() or "
                                              "cells() of one that Run::mesh gave");
    }
    schema::prepare_field(*space->mesh, space->location, name, request);
    request.options.location = space->location;
    Attributes all = schema::location_attributes(*space->mesh, space->location);
    all.insert(all.end(), request.options.attributes.begin(), request.options.attributes.end());
    request.options.attributes = std::move(all);
    const std::string stored = schema::name_in_version(name, space->mesh->options.version);
    return std::pair(schema::describe(*run.group().run, stored, std::vector{space->axis}, request, options_.codec),
                     request.options.codec.has_value());
  });
  field->space = space;
  return field;
}

/// One of the datasets that a mesh consists of.
std::shared_ptr<FieldEntry> WriterState::add_mesh_array(RunEntry& run, const schema::MeshArray& array) {
  const std::string& name = array.field.name;
  const auto what = [&] { return "field(" + in_quotes(name) + " of a mesh of " + run.described() + ")"; };
  return define_field(run, name, what, [&](schema::Catalog& next) {
    next.add_convention(schema::mesh_convention);
    return std::pair(array.field, false);
  });
}

void WriterState::add_attribute(RunEntry& run, const std::string& name, const AttributeValue& value) {
  const auto call = [&] { return "attribute(" + in_quotes(name) + " of " + run.described(); };
  together(
      "Run::attribute", [&] { return call() + ")"; },
      [&] {
        schema::Catalog next;
        agree([&] { return call() + ", " + text_of(value) + ")"; },
              [&] {
                next = catalog_;
                next.add_attribute(run.number, {name, value});
              });
        keep(std::move(next));
      });
}

void WriterState::add_scalar(RunEntry& run, const std::string& name, const ScalarOptions& options) {
  const auto call = [&] { return "scalar(" + in_quotes(name) + " of " + run.described(); };
  together(
      "Run::scalar", [&] { return call() + ")"; },
      [&] {
        schema::Catalog next;
        const auto what = [&] {
          return call() + ", unit " + in_quotes(options.unit) + ", long_name " + in_quotes(options.long_name) +
                 ", time_axis " + in_quotes(options.time_axis) + ")";
        };
        agree(what, [&] {
          next = catalog_;
          next.add_scalar(run.number, name, options);
        });
        keep(std::move(next));
      });
}

/// \param steps of a catalog: how many are kept
template <class Name, class Steps>
void WriterState::drop_steps(const char* verb, RunEntry& run, const Name& name, Steps&& steps) {
  together(verb, name, [&] {
    schema::Catalog next;
    std::string dropped;
    agree(name, [&] {
      next = catalog_;
      const auto open = run.open.lock();
      if (open && !open->over)
        throw Error(ErrorCode::wrong_order, "a step of " + run.described() + " is open; commit it first, or drop it");
      dropped = next.keep_steps(run.number, steps(next), opened_at_);
    });
    keep(std::move(next));
    if (dropped.empty() || comm_.rank() != 0) return;
    std::fprintf(stderr, "tessera: %s: %s will be dropped when the next step is committed\n", path_.c_str(),
                 dropped.c_str());
  });
}

void WriterState::keep_steps(RunEntry& run, std::int64_t steps) {
  const auto name = [&] { return "keep(" + std::to_string(steps) + " steps of " + run.described() + ")"; };
  drop_steps("Run::keep", run, name, [&](const schema::Catalog&) { return steps; });
}

void WriterState::keep_until(RunEntry& run, double time) {
  const auto name = [&] { return "keep_until(" + exact(time) + " in " + run.described() + ")"; };
  drop_steps("Run::keep_until", run, name, [&](const schema::Catalog& next) {
    if (!std::isfinite(time)) throw Error(ErrorCode::invalid_argument, "the time " + exact(time) + " is not finite");
    return next.steps_until(run.number, time);
  });
}

}  // namespace tessera::detail
