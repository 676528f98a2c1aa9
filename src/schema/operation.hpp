#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/options.hpp>
#include <tessera/types.hpp>

/// \file
/// The file's metadata as a log of values. An engine replays it into HDF5, once or into several trees; nothing here
/// knows HDF5.

namespace tessera::schema {

/// A new group; its parent exists.
struct CreateGroup {
  std::string path;
};

/// How text is stored. FORMAT.md says which program wants what.
enum class TextForm : std::uint8_t {
  variable,  ///< variable-length strings
  fixed,  ///< characters, which is all that netCDF's older interfaces read; lists are of variable length all the same
  ascii,  ///< as `fixed`, and said to be ASCII, which is all that VTK reads
};

/// A new attribute of a group or dataset.
struct SetAttribute {
  std::string path;
  std::string name;
  AttributeValue value;
  TextForm text = TextForm::variable;  ///< where the value is text
  bool replaces = false;               ///< there may be one of that name, which then goes
};

/// A new attribute of elements of any type: what netCDF wants of `_FillValue`, and CF of `flag_values`.
struct SetElementAttribute {
  std::string path;
  std::string name;
  DataType type;
  std::vector<std::byte> value;
};

/// A new dataset.
struct CreateDataset {
  std::string path;
  DataType type = DataType::float64;
  Index shape;
  bool unlimited = false;  ///< the first axis can grow
  Index chunk;             ///< empty: contiguous
  Codec codec = Codec::none();
  std::vector<std::byte> fill;  ///< one element; empty: none
  bool is_text = false;         ///< elements are texts of variable length in UTF-8, whatever `type` says
};

/// Makes a 1-D dataset a dimension scale.
struct MakeScale {
  std::string path;
  std::string name;  ///< the scale's NAME attribute
};

/// Attaches dimension scales to the axes of a new dataset: one to each, in order.
struct AttachScales {
  std::string dataset;
  std::vector<std::string> scales;
};

/// Sets the length of a dataset's unlimited first axis.
struct SetLength {
  std::string path;
  std::int64_t length = 0;
};

/// What a chunk with several steps is, of a dataset that has one along all other axes.
struct SpanningChunk {
  std::int64_t steps = 1;
  std::int64_t step_bytes = 0;  ///< of one step, before encoding
  DataType type = DataType::float64;
  Codec codec = Codec::none();
  std::vector<std::byte> fill;  ///< one element; empty: none

  /// The first step of the chunk that has this one.
  std::int64_t begin_of(std::int64_t step) const noexcept { return step - step % steps; }
};

/// Sets the length of a dataset's time axis to fewer steps than it has, where a chunk has several. The chunk that has
/// the last of them goes too: it comes anew with the commit.
struct CutSteps {
  std::string path;
  std::int64_t length = 0;
  SpanningChunk chunk;

  std::int64_t chunk_begin() const noexcept { return chunk.begin_of(length); }
};

/// Values of a small dataset: coordinates, times, scalars, rows of a table.
struct WriteValues {
  std::string path;
  std::int64_t start = 0;  ///< the first one's place, or row
  std::vector<double> values;
  std::int64_t columns = 0;  ///< of a table of two dimensions, whose rows are written whole; 0: there is one dimension

  std::int64_t places() const noexcept {
    return static_cast<std::int64_t>(values.size()) / (columns > 0 ? columns : 1);
  }
};

/// All texts of a 1-D dataset of texts.
struct WriteTexts {
  std::string path;
  std::vector<std::string> texts;
};

using Operation = std::variant<CreateGroup, SetAttribute, SetElementAttribute, CreateDataset, MakeScale, AttachScales,
                               SetLength, CutSteps, WriteValues, WriteTexts>;
using Operations = std::vector<Operation>;

/// What a step changes in the file beside its fields' chunks.
struct StepChanges {
  std::vector<SetLength> fields;    ///< all time-dependent fields get longer
  std::vector<SetLength> series;    ///< time and scalars too
  std::vector<WriteValues> values;  ///< of time and scalars
  std::vector<SetLength> undo;      ///< takes `fields` back
};

}  // namespace tessera::schema
