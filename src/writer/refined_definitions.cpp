#include "writer/refined_definitions.hpp"

#include <utility>

#include "writer/define_field.hpp"
#include "writer/table_entry.hpp"

namespace tessera::detail {

std::shared_ptr<TableEntry> RefinedDefinitions::add_table(RunEntry& run, const std::string& name,
                                                          const TableOptions& options) {
  next.add_table(run.number, name, options);
  auto table = std::make_shared<TableEntry>();
  table->run = &run;
  table->name = name;
  tables.push_back(table);
  return table;
}

std::shared_ptr<FieldEntry> RefinedDefinitions::add_column(RunEntry& run, const std::string& name,
                                                           const std::shared_ptr<TableEntry>& table,
                                                           const FieldRequest& request, const Codec& codec) {
  const int number = next.add_field(run.number, described_column(next, run, name, table->name, request, codec),
                                    request.options.codec.has_value());
  const auto place = static_cast<std::size_t>(number);
  auto column = place < run.fields.size() ? run.fields[place]
                                          : std::make_shared<FieldEntry>(FieldEntry{&run, number, {}, {}, {}});
  columns.emplace_back(column, table);
  return column;
}

void RefinedDefinitions::make_room(RunEntry& run) const {
  detail::make_room(run.tables, tables.size());
  detail::make_room(run.fields, columns.size());
}

void RefinedDefinitions::add_entries(RunEntry& run) noexcept {
  for (auto& table : tables) run.tables.push_back(std::move(table));
  for (auto& [column, table] : columns) {
    column->table = std::move(table);
    if (static_cast<std::size_t>(column->number) == run.fields.size()) run.fields.push_back(std::move(column));
  }
}

}  // namespace tessera::detail
