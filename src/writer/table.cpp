#include <tessera/table.hpp>

#include "base/text.hpp"
#include "writer/define_field.hpp"
#include "writer/state.hpp"
#include "writer/table_rows.hpp"
#include "writer/text.hpp"

/// \file
/// Tables and their columns, as definitions.

namespace tessera {

const std::string& Table::name() const noexcept {
  static const std::string none;
  return entry_ ? entry_->name : none;
}

namespace detail {

std::shared_ptr<TableEntry> WriterState::add_table(RunEntry& run, const std::string& name,
                                                   const TableOptions& options) {
  const auto call = [&] { return "table(" + in_quotes(name) + " of " + run.described() + ")"; };
  return together("Run::table", call, [&] {
    schema::Catalog next;
    std::shared_ptr<TableEntry> table;
    agree([&] { return table_text(run, name, options); },
          [&] {
            next = catalog_;
            next.add_table(run.number, name, options);
            table = std::make_shared<TableEntry>();
            table->run = &run;
            table->name = name;
            make_room(run.tables);
          });
    keep(std::move(next));
    run.tables.push_back(table);
    forget_rows(run);
    return table;
  });
}

schema::Field described_column(const schema::Catalog& next, const RunEntry& run, const std::string& name,
                               const std::string& table, FieldRequest request, const Codec& codec) {
  request.options.location = Location::point;
  request.options.time_dependent = false;
  request.options.chunk = {};
  const std::int64_t chunk = next.group(run.number).rows.find(table)->options.chunk_rows;
  if (chunk > 0) request.options.chunk = {chunk};
  schema::Field field = schema::describe(*run.group().run, name, std::vector{schema::rows_axis(table)}, request, codec);
  field.table = table;
  return field;
}

std::shared_ptr<FieldEntry> WriterState::add_column(RunEntry& run, const std::string& name,
                                                    const std::shared_ptr<TableEntry>& table,
                                                    FunctionRef<FieldRequest()> make_request) {
  FieldRequest request;
  const auto what = [&] {
    request = make_request();
    return column_text(run, name, table.get(), request);
  };
  auto column = define_field(run, name, what, [&](schema::Catalog& next) {
    if (table == nullptr || table->run != &run) {
      throw Error(ErrorCode::wrong_order, "the field " + in_quotes(name) + " of " + run.described() +
                                              " is declared on a table that is not of this run; take one that "
                                              "Run::table gave");
    }
    const bool has_codec = request.options.codec.has_value();
    return std::pair(described_column(next, run, name, table->name, request, options_.codec), has_codec);
  });
  column->table = table;
  return column;
}

}  // namespace detail

}  // namespace tessera
