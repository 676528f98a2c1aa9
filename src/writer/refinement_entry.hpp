#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tessera/refinement.hpp>

#include "schema/refinement.hpp"
#include "writer/table_entry.hpp"

namespace tessera::detail {

struct FieldEntry;
struct RunEntry;

/// One level of a refinement.
struct LevelEntry {
  schema::RefinementLevel description;
  std::shared_ptr<TableEntry> cells;  ///< fields are columns of it
  std::shared_ptr<TableEntry> boxes;
  std::shared_ptr<FieldEntry> box;  ///< the only column of `boxes`
  std::vector<Box> own;             ///< this rank's
  std::int64_t own_cells = 0;       ///< in these
  std::int64_t version = 0;         ///< of the boxes of all ranks: another one when they change
};

/// What a handle of a refinement stands for.
struct RefinementEntry {
  const RunEntry* run = nullptr;
  std::string name;
  RefinementOptions options;  ///< completed
  std::vector<LevelEntry> levels;
  bool has_boxes = false;  ///< there was a regrid

  std::string described() const;  ///< "refinement 'amr'", for messages
};

/// What a handle of a field on a refinement stands for.
struct RefinedFieldEntry {
  std::string name;
  std::shared_ptr<RefinementEntry> refinement;
  std::vector<std::shared_ptr<FieldEntry>> columns;  ///< by level

  std::string described() const;           ///< "field 'density' on refinement 'amr'", for messages
  std::string described(int level) const;  ///< "field 'density' on level 1 of refinement 'amr'"
};

/// "level 1 of refinement 'amr'".
std::string of_level(const RefinementEntry& refinement, std::size_t level);

}  // namespace tessera::detail
