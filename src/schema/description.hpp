#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/grid.hpp>
#include <tessera/options.hpp>
#include <tessera/types.hpp>

#include "schema/axis.hpp"
#include "schema/grid_axes.hpp"
#include "schema/operation.hpp"

namespace tessera::schema {

/// What every file keeps to; one with meshes to more.
inline constexpr const char* first_convention = "CF-1.10";

/// A group that holds a run; the root's path is "/".
struct Run {
  std::string name;
  std::string path;
  RunOptions options;
};

/// A field as the file has it. Its options are those that were asked for, but the fill value is of the stored type, the
/// codec is set, and the chunk too when it is chosen; of a field that was read, those that the file tells of.
struct Field : FieldOptions<detail::ElementBytes> {
  std::string name;
  std::string run;  ///< the run's name
  std::string path;
  DataType given = DataType::float64;   ///< elements in the caller's memory
  DataType stored = DataType::float64;  ///< elements in the file
  std::int64_t chunk_steps = 1;         ///< steps in a chunk; its other extents are those of `chunk`
  std::vector<Axis> axes;               ///< of the grid, for the field's location; without time and components
  std::string table;                    ///< of which it is a column; empty: of none. Its axis is the table's rows
  /// Fields that may come yet with the places of the cells that it lies in; not known of a field of a file.
  std::vector<std::string> awaited_places = {};

  /// Points or cells per grid axis.
  Index shape() const;
  /// All axes of the dataset but time: of the grid, then of the components where there are several.
  std::vector<Axis> all_axes() const;
  /// Those of the components: none where there is one, two of tensors.
  std::vector<Axis> component_axes() const;
  /// How long these are in the dataset.
  Index component_extents() const;
  /// Bytes of one point with all its components, as stored.
  std::int64_t cell_bytes() const;
  /// Whether a chunk has several steps, of the whole grid.
  bool spans_steps() const noexcept { return time_dependent && chunk_steps > 1; }
  /// Of such a field.
  SpanningChunk spanning_chunk() const;
};

/// An option of fields that the dataset has as an attribute of text.
struct TextOption {
  const char* option;
  const char* attribute;
  std::string Field::*text;  ///< empty: there is no such attribute
};

/// In the order in which datasets have them: they are checked, written and read back by this list.
inline constexpr std::array text_options{TextOption{"unit", "units", &Field::unit},
                                         TextOption{"long_name", "long_name", &Field::long_name}};

/// The path of a member of a group; works for the root.
std::string join(const std::string& group, const std::string& member);

/// A field as the caller asks for it.
/// \throws Error invalid_argument as axes_of does
Field describe(const Run& run, const std::string& name, const Grid& grid, const detail::FieldRequest& request,
               const Codec& default_codec);
/// The same on these axes.
Field describe(const Run& run, const std::string& name, std::vector<Axis> axes, const detail::FieldRequest& request,
               const Codec& default_codec);

}  // namespace tessera::schema
