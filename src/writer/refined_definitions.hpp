#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <tessera/options.hpp>

#include "schema/catalog.hpp"
#include "writer/state.hpp"

namespace tessera::detail {

/// The tables and columns of a refinement, or of a field on one, made before any of them is kept: all of them are
/// there afterwards, or none.
struct RefinedDefinitions {
  schema::Catalog next;
  std::vector<std::shared_ptr<TableEntry>> tables;  ///< new ones
  /// With the tables that they are columns of; those that the file had are entries of the run already.
  std::vector<std::pair<std::shared_ptr<FieldEntry>, std::shared_ptr<TableEntry>>> columns;

  /// \{ \throws Error as Catalog::add_table, Catalog::add_field
  std::shared_ptr<TableEntry> add_table(RunEntry& run, const std::string& name, const TableOptions& options);
  std::shared_ptr<FieldEntry> add_column(RunEntry& run, const std::string& name,
                                         const std::shared_ptr<TableEntry>& table, const FieldRequest& request,
                                         const Codec& codec);
  /// \}

  /// Afterwards add_entries() cannot fail.
  void make_room(RunEntry& run) const;
  void add_entries(RunEntry& run) noexcept;
};

}  // namespace tessera::detail
