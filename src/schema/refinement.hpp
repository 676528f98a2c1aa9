#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/refinement.hpp>

#include "schema/operation.hpp"

/// \file
/// What the file has of a refinement: FORMAT.md in code. Of each level two tables, of its boxes and of its cells; a
/// field is a column of each level's cells.

namespace tessera::schema {

/// \{ Names, from the refinement's.
std::string level_name(const std::string& name, int level);   ///< also of a field's column
std::string cells_table(const std::string& name, int level);  ///< "amr_level1_cells"
std::string boxes_table(const std::string& name, int level);  ///< "amr_level1_boxes"
std::string box_column(const std::string& name, int level);   ///< "amr_level1_box"
/// Of a field's column, the field's name.
std::string name_without_level(const std::string& name, int level);
/// \}

/// \{ Attributes of the column of boxes, x first.
inline constexpr const char* refinement_name = "refinement";
inline constexpr const char* refinement_level = "level";
inline constexpr const char* refinement_ratio = "ratio";
inline constexpr const char* domain_cells = "domain_cells";
inline constexpr const char* domain_origin = "domain_origin";
inline constexpr const char* cell_size = "cell_size";
/// \}

/// One level of a refinement, with axes slowest first.
struct RefinementLevel {
  Index cells;  ///< of the whole domain
  Index ratio;  ///< to the level before, per axis
  std::vector<double> spacing;
};

/// Checks the options and fills in what they leave out, one value per axis and level.
/// \throws Error invalid_argument
RefinementOptions completed(const std::string& what, const RefinementOptions& options);

/// The levels of completed options. \throws Error invalid_argument where one has too many cells
std::vector<RefinementLevel> levels_of(const std::string& what, const RefinementOptions& options);

/// Of the column of boxes.
Attributes attributes_of(const std::string& name, const RefinementOptions& options, int level,
                         const RefinementLevel& described);

/// For messages: one number where all axes have the same.
std::string ratio_text(const Index& ratio);
/// The cells of the level before that a box covers whole.
Box coarsened(const Box& box, const Index& ratio);

/// A box as the column has it: the first and the last cell along x, then along y...
std::vector<std::int64_t> stored_box(const Box& box);
/// Whether what the column has is a box that has cells, all in the domain. \param domain slowest axis first
bool is_box_in(const Index& domain, const std::int64_t* stored) noexcept;
/// And back.
Box box_of(const std::int64_t* stored, std::size_t axes);

}  // namespace tessera::schema
