#include "base/text.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The collective definitions: runs, fields, attributes, scalars. Each works on a copy of the catalog, and on an entry
/// of its own, before all ranks agree; what comes after that cannot fail.

namespace tessera::detail {

namespace {

/// Capacity for one more, so that adding it cannot fail.
template <class T>
void make_room(std::vector<T>& list) {
  if (list.size() == list.capacity()) list.reserve(2 * list.size() + 1);
}

}  // namespace

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
  const auto call = [&] { return "field(" + in_quotes(name) + " of " + run.described() + ")"; };
  return together("Run::field", call, [&] {
    FieldRequest request;
    schema::Catalog next;
    std::shared_ptr<FieldEntry> field;
    const auto what = [&] {
      request = make_request();
      return field_text(run, name, grid, request);
    };
    agree(what, [&] {
      next = catalog_;
      const int number =
          next.add_field(run.number, schema::describe(*run.group().run, name, grid, request, options_.codec));
      field = std::make_shared<FieldEntry>(FieldEntry{&run, number, {}});
      make_room(run.fields);
    });
    keep(std::move(next));
    run.fields.push_back(field);
    return field;
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
          return call() + ", unit " + in_quotes(options.unit) + ", long_name " + in_quotes(options.long_name) + ")";
        };
        agree(what, [&] {
          next = catalog_;
          next.add_scalar(run.number, name, options);
        });
        keep(std::move(next));
      });
}

}  // namespace tessera::detail
